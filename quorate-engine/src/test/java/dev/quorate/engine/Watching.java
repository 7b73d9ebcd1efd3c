package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A state machine around another one, for a test to look in or to differ in one method. */
class Watching implements StateMachine {
    private final StateMachine inner;

    Watching(StateMachine inner) {
        this.inner = inner;
    }

    @Override
    public LogId lastApplied() {
        return inner.lastApplied();
    }

    @Override
    public Bytes apply(Entry command) {
        return inner.apply(command);
    }

    @Override
    public void chunkApplied(LogId lastApplied) throws IOException {
        inner.chunkApplied(lastApplied);
    }

    @Override
    public void chunkPublished(LogId lastApplied) {
        inner.chunkPublished(lastApplied);
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        return inner.read(keys);
    }

    @Override
    public boolean readsConcurrently() {
        return inner.readsConcurrently();
    }

    @Override
    public Optional<Bytes> digest() {
        return inner.digest();
    }

    @Override
    public FrozenState freeze() {
        return inner.freeze();
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        inner.restore(in, lastIncluded);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
