package dev.quorate.testkit;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A state machine with faults that a test chose: {@code FaultyStateMachine.around(machine).throwingAt(7)}. Each method
 * below returns another machine around the same state. Threads as for the machine inside.
 */
public final class FaultyStateMachine implements StateMachine {
    private static final long NEVER = -1;

    private final StateMachine inner;
    private final long throwAt;
    private final long differAt;
    private final boolean failRestore;
    private final Runnable beforeFreeze;
    private final Runnable beforePart;

    private FaultyStateMachine(
            StateMachine inner,
            long throwAt,
            long differAt,
            boolean failRestore,
            Runnable beforeFreeze,
            Runnable beforePart) {
        this.inner = inner;
        this.throwAt = throwAt;
        this.differAt = differAt;
        this.failRestore = failRestore;
        this.beforeFreeze = beforeFreeze;
        this.beforePart = beforePart;
    }

    /** The machine without any fault yet. */
    public static FaultyStateMachine around(StateMachine inner) {
        return new FaultyStateMachine(inner, NEVER, NEVER, false, () -> {}, () -> {});
    }

    /** Throws {@link Fault} instead of applying the command at this index. */
    public FaultyStateMachine throwingAt(long index) {
        return new FaultyStateMachine(inner, index, differAt, failRestore, beforeFreeze, beforePart);
    }

    /** Applies another command than the one at this index: its payload with a "!" behind it. */
    public FaultyStateMachine differingAt(long index) {
        return new FaultyStateMachine(inner, throwAt, index, failRestore, beforeFreeze, beforePart);
    }

    /** Throws {@link IOException} from each restore. */
    public FaultyStateMachine failingRestore() {
        return new FaultyStateMachine(inner, throwAt, differAt, true, beforeFreeze, beforePart);
    }

    /** Runs this, which may wait, before each freeze, on the thread that freezes. */
    public FaultyStateMachine beforeFreeze(Runnable hook) {
        return new FaultyStateMachine(inner, throwAt, differAt, failRestore, hook, beforePart);
    }

    /** Runs this, which may wait or throw, before each part of a frozen state is written, on the thread that writes. */
    public FaultyStateMachine beforeEachPart(Runnable hook) {
        return new FaultyStateMachine(inner, throwAt, differAt, failRestore, beforeFreeze, hook);
    }

    @Override
    public LogId lastApplied() {
        return inner.lastApplied();
    }

    @Override
    public Bytes apply(Entry command) {
        if (command.index() == throwAt) {
            throw new Fault("told to throw at " + command.id());
        }
        if (command.index() == differAt) {
            Bytes other = Bytes.utf8(command.payload().toUtf8() + "!");
            return inner.apply(new Entry(command.id(), command.kind(), other, command.timeMillis()));
        }
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
        beforeFreeze.run();
        FrozenState frozen = inner.freeze();
        return new FrozenState() {
            @Override
            public boolean write(OutputStream out) throws IOException {
                beforePart.run();
                return frozen.write(out);
            }

            @Override
            public void close() {
                frozen.close();
            }
        };
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        if (failRestore) {
            throw new IOException("told to fail the restore of " + lastIncluded);
        }
        inner.restore(in, lastIncluded);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    /** The exception of a machine that was told to throw. */
    public static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fault(String message) {
            super(message);
        }
    }
}
