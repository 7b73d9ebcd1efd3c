package dev.quorate.engine;

import dev.quorate.spi.Storage;
import java.util.random.RandomGenerator;

/** A storage that survives its node, except for what was not synced. */
interface TestStorage extends Storage {
    /** Ends the process that has it open; unsynced changes survive by chance. */
    void crash(RandomGenerator random);
}
