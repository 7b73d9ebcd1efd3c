package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.RaftLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/**
 * The core and the log behind a handler under test: wants what is ahead of the log, resets the log; stops where it is
 * told to.
 */
final class TestGate implements InstallGate {
    /** Where an install stops for good, as before a crash. */
    enum StopAt {
        NOWHERE,
        OFFERED,
        RESTORED
    }

    private final RaftLog log;
    private StopAt stopAt = StopAt.NOWHERE;
    private boolean wanted = true;
    private int offers;

    TestGate(RaftLog log) {
        this.log = log;
    }

    void stopAt(StopAt place) {
        stopAt = place;
    }

    void wanted(boolean answer) {
        wanted = answer;
    }

    int offers() {
        return offers;
    }

    @Override
    public CompletableFuture<Boolean> offer(LogId lastIncluded, Membership membership) {
        offers++;
        return stopAt == StopAt.OFFERED
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(wanted && lastIncluded.index() > 0);
    }

    @Override
    public CompletableFuture<Void> restored(LogId lastIncluded) {
        if (stopAt == StopAt.RESTORED) {
            return new CompletableFuture<>();
        }
        try {
            log.resetTo(lastIncluded);
            log.sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return CompletableFuture.completedFuture(null);
    }
}
