package dev.quorate.benchmarks.micro;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A state machine without a state: what is left is the handler's own cost. */
final class Ignoring implements StateMachine {
    @Override
    public Bytes apply(Entry command) {
        return command.payload();
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        return Optional.empty();
    }

    @Override
    public FrozenState freeze() {
        return out -> false;
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) {
        // There is nothing to restore.
    }
}
