package dev.quorate.engine;

import dev.quorate.raft.Membership;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.testkit.SimDisk;
import dev.quorate.wal.FileStorage;
import dev.quorate.wal.WalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** A node's data in the files of a simulated disk, in small segments so that they come and go. */
final class DiskTestStorage implements TestStorage {
    private static final Path DIRECTORY = Path.of("/data");
    private static final WalOptions SMALL = new WalOptions(16 << 10, 4 << 10, 4 << 10, 4 << 10, 1);

    SimDisk disk;

    DiskTestStorage(long seed) {
        disk = new SimDisk(seed);
    }

    @Override
    public OpenStorage open(NodeIdentity identity, Membership bootstrap) throws IOException {
        return FileStorage.in(DIRECTORY, disk, SMALL).open(identity, bootstrap);
    }

    @Override
    public OpenStorage repair(NodeIdentity identity, Membership bootstrap) throws IOException {
        return FileStorage.in(DIRECTORY, disk, SMALL).repair(identity, bootstrap);
    }

    /** An empty disk in place of the one that was there. */
    void wipe(long seed) {
        disk = new SimDisk(seed);
    }

    @Override
    public void crash(RandomGenerator random) {
        disk.crash();
    }
}
