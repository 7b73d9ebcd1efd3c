package dev.quorate.engine;

import dev.quorate.raft.Membership;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.testkit.MemoryStorage;
import java.io.IOException;
import java.util.random.RandomGenerator;

/** A node's data in memory. */
final class MemoryTestStorage implements TestStorage {
    final MemoryStorage storage = new MemoryStorage();

    @Override
    public OpenStorage open(NodeIdentity identity, Membership bootstrap) throws IOException {
        return storage.open(identity, bootstrap);
    }

    @Override
    public void crash(RandomGenerator random) {
        storage.crash(random);
    }
}
