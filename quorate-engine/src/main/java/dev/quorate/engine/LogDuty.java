package dev.quorate.engine;

import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * LOG: the only writer of the {@link RaftLog}. A step takes every write that has gathered, makes them, syncs once, and
 * acknowledges the last: while one sync runs, the next batch gathers.
 *
 * <p>On a full disk the writes wait in their order and are tried again from time to time. Everything else that goes
 * wrong with a write or a sync halts the node: what the log then holds is found out by the next start.
 */
final class LogDuty implements Duty {
    private final RaftLog log;
    private final Acknowledgements loop;
    private final long retryNanos;
    private final NanoClock clock;
    private final LatencyRecorder syncs;
    private final ArrayDeque<LogWrite> waiting = new ArrayDeque<>();
    private boolean full;
    private long retryAtNanos;

    /** What LOOP is told; called on LOG. */
    interface Acknowledgements {
        /** Every write up to this sequence number is durable. */
        void persisted(long sequence);

        /** The disk ran full, or has space again. */
        void storageSpace(boolean available);
    }

    LogDuty(RaftLog log, Acknowledgements loop, long retryNanos, NanoClock clock, LatencyRecorder syncs) {
        this.log = log;
        this.loop = loop;
        this.retryNanos = retryNanos;
        this.clock = clock;
        this.syncs = syncs;
    }

    @Override
    public int work(DutyCycle cycle, long nowNanos) {
        int done = 0;
        for (Inbox.Item item = cycle.nextItem(); item != null; item = cycle.nextItem()) {
            waiting.add((LogWrite) item);
            done++;
        }
        if (!waiting.isEmpty() && (!full || nowNanos - retryAtNanos >= 0)) {
            writeAndSync(nowNanos);
            done++;
        }
        return done;
    }

    private void writeAndSync(long nowNanos) {
        try {
            long sequence = writeAll(nowNanos);
            if (sequence > 0) {
                long begunNanos = clock.measuringNanos();
                log.sync();
                syncs.record(clock.measuringNanos() - begunNanos);
                loop.persisted(sequence);
            }
        } catch (IOException e) {
            throw new NodeHaltedException("the log cannot be written: " + e.getMessage(), e);
        }
    }

    /** Makes the waiting writes until the disk is full; returns the last that was made whole, 0 when none was. */
    private long writeAll(long nowNanos) throws IOException {
        long sequence = 0;
        try {
            for (LogWrite write = waiting.peek(); write != null; write = waiting.peek()) {
                write.perform(log);
                sequence = write.sequence();
                waiting.remove();
            }
            if (full) {
                full = false;
                loop.storageSpace(true);
            }
        } catch (StorageFullException e) {
            retryAtNanos = nowNanos + retryNanos;
            if (!full) {
                full = true;
                loop.storageSpace(false);
            }
        }
        return sequence;
    }

    @Override
    public long deadlineNanos() {
        return full ? retryAtNanos : DutyCycle.NO_DEADLINE;
    }

    @Override
    public boolean hasWork() {
        return false;
    }

    @Override
    public void abandon(QuorateException reason) {
        waiting.clear();
    }
}
