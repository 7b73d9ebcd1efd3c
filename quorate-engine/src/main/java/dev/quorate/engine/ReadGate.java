package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.ReadUnavailableException;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gate that every read of the state passes: closed while a snapshot is being restored, while this replica's state
 * is known to differ from the cluster's, and after the node halted.
 *
 * <p>A read that began before a restore and ended after its beginning may have seen parts of both states. It is
 * recognised by the epoch, which is odd during a restore, and refused; so reads need no lock against restores.
 */
final class ReadGate {
    private volatile int epoch;
    private volatile @Nullable String quarantine;
    private volatile @Nullable NodeHaltedException halted;

    ReadGate(@Nullable String quarantine) {
        this.quarantine = quarantine;
    }

    /**
     * The result of a read of one state; throws {@link ReadUnavailableException} when there was none to read. Any
     * thread.
     */
    <R extends @Nullable Object> R read(Supplier<R> read) {
        int before = epoch;
        checkOpen(before);
        R result;
        try {
            result = read.get();
        } catch (RuntimeException e) {
            checkUnchanged(before);
            throw e;
        }
        checkUnchanged(before);
        return result;
    }

    /** Throws unless reads are answered now. */
    void checkOpen() {
        checkOpen(epoch);
    }

    /** Refuses reads from now on, those under way included. APPLY only. */
    void beginRestore() {
        int closed = epoch + 1;
        Invariant.check((closed & 1) == 1, "a restore in the middle of another");
        epoch = closed;
        VarHandle.fullFence();
    }

    /** Lets reads pass again. APPLY only. */
    void endRestore() {
        VarHandle.fullFence();
        int open = epoch + 1;
        epoch = open;
    }

    void quarantine(String reason) {
        quarantine = reason;
    }

    void releaseQuarantine() {
        quarantine = null;
    }

    /** Why this replica's state must not be used; null when it may. */
    @Nullable
    String quarantine() {
        return quarantine;
    }

    void halt(NodeHaltedException cause) {
        halted = cause;
    }

    private void checkOpen(int present) {
        NodeHaltedException cause = halted;
        if (cause != null) {
            throw new NodeHaltedException("the node halted: " + cause.getMessage(), cause);
        }
        String reason = quarantine;
        if (reason != null) {
            throw new ReadUnavailableException("this replica's state differs from the cluster's: " + reason);
        }
        if ((present & 1) != 0) {
            throw new ReadUnavailableException("a snapshot is being restored");
        }
    }

    private void checkUnchanged(int before) {
        VarHandle.loadLoadFence();
        if (epoch != before) {
            throw new ReadUnavailableException("a snapshot was restored during the read");
        }
    }
}
