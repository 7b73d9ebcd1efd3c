package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.RaftLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * APPLY: takes what is committed and not applied, as far as one batch goes, and has the handler apply it; answers reads
 * that were left for this thread. What was applied answers its proposers through {@link PendingProposals}.
 */
final class ApplyDuty implements Duty {
    private final StateMachineHandler handler;
    private final EntryCache cache;
    private final RaftLog log;
    private final PendingProposals pending;
    private final ReadDesk reads;
    private final NodeOptions.Limits limits;
    private final NanoClock clock;
    private final LatencyRecorder applies;
    private final List<ReadRequest<?>> ready = new ArrayList<>();

    ApplyDuty(
            StateMachineHandler handler,
            EntryCache cache,
            RaftLog log,
            PendingProposals pending,
            ReadDesk reads,
            NodeOptions.Limits limits,
            NanoClock clock,
            LatencyRecorder applies) {
        this.handler = handler;
        this.cache = cache;
        this.log = log;
        this.pending = pending;
        this.reads = reads;
        this.limits = limits;
        this.clock = clock;
        this.applies = applies;
    }

    @Override
    public int work(DutyCycle cycle, long nowNanos) {
        for (Inbox.Item item = cycle.nextItem(); item != null; item = cycle.nextItem()) {
            if (item instanceof ReadBatch batch) {
                ready.addAll(batch.reads());
            } else {
                ready.add((ReadRequest<?>) item);
            }
        }
        int done = ready.size();
        if (done > 0) {
            reads.answer(List.copyOf(ready));
            ready.clear();
        }
        done += applyPending();
        pending.expire(nowNanos);
        return done;
    }

    private int applyPending() {
        Optional<IndexRange> range = handler.pendingRange();
        if (range.isEmpty()) {
            return 0;
        }
        List<Entry> chunk = read(range.get());
        long begunNanos = clock.measuringNanos();
        CompletableFuture<List<ApplyResult>> applied = handler.applyChunk(chunk);
        applies.record(clock.measuringNanos() - begunNanos);
        if (applied.isCompletedExceptionally()) {
            try {
                applied.join();
            } catch (CompletionException e) {
                throw new NodeHaltedException("applying stopped: " + e.getCause(), e);
            }
        }
        return chunk.size();
    }

    private List<Entry> read(IndexRange range) {
        List<Entry> cached =
                cache.range(range.first(), range.last(), limits.applyBatchEntriesMax(), limits.applyBatchBytesMax());
        if (!cached.isEmpty()) {
            return cached;
        }
        long last = Math.min(range.last(), range.first() + limits.applyBatchEntriesMax() - 1);
        List<Entry> stored;
        try {
            stored = log.read(range.first(), last, limits.applyBatchBytesMax());
        } catch (IOException e) {
            throw new NodeHaltedException("the log cannot be read at index " + range.first() + ": " + e, e);
        }
        Invariant.check(!stored.isEmpty(), "a committed entry is not in the log", range.first());
        return stored;
    }

    @Override
    public long deadlineNanos() {
        return pending.nextDeadlineNanos();
    }

    @Override
    public boolean hasWork() {
        return handler.pendingRange().isPresent();
    }

    @Override
    public void abandon(QuorateException reason) {
        reads.refuse(List.copyOf(ready), reason);
        ready.clear();
        pending.abandon(reason);
    }
}
