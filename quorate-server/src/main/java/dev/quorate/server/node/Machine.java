package dev.quorate.server.node;

import dev.quorate.spi.Disk;
import dev.quorate.spi.NanoClock;
import dev.quorate.wal.FileDisk;
import dev.quorate.wal.WalOptions;

/**
 * What a server takes from the machine that it runs on.
 *
 * @param disk where it keeps its data
 * @param log how its log lies there
 * @param clock the time
 */
public record Machine(Disk disk, WalOptions log, NanoClock clock) {
    /** This machine, as it is. */
    public static final Machine THIS = new Machine(new FileDisk(), WalOptions.DEFAULT, NanoClock.system());
}
