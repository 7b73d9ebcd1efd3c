package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far the state machine is, and how far it may go: two indexes that only grow.
 *
 * <pre>
 *   ──── applied ────►│◄──── pendingRange ────►│
 *      visible state  applied            pending = committed
 * </pre>
 *
 * <p>{@code applied} has one writer (APPLY); {@code pending} is raised by anyone. Readers take no lock.
 */
final class AppliedIndex {
    private final AtomicLong pending;
    private volatile long applied;

    AppliedIndex(long applied) {
        this.applied = applied;
        this.pending = new AtomicLong(applied);
    }

    long applied() {
        return applied;
    }

    long pending() {
        return pending.get();
    }

    /** Raises the committed index; a smaller one is ignored. Any thread. */
    void raisePending(long index) {
        long present = pending.get();
        while (index > present && !pending.compareAndSet(present, index)) {
            present = pending.get();
        }
    }

    /** Moves the applied index, after the state it stands for is visible. APPLY only. */
    void publish(long index) {
        Invariant.check(index > applied, "applied must grow: from, to", applied, index);
        Invariant.check(index <= pending.get(), "applied beyond committed: applied, committed", index, pending.get());
        applied = index;
    }

    /**
     * What is left to apply, as a pair of indexes that did exist together. Any thread.
     *
     * <p>Applied is read before and after pending. Because it never falls, two equal readings mean that it had this
     * value at the moment when pending was read; otherwise the pair could name entries that are applied already. A
     * second round is needed only when a whole chunk was applied in between, and never on APPLY itself.
     */
    Optional<IndexRange> pendingRange() {
        while (true) {
            long before = applied;
            long until = pending.get();
            if (applied == before) {
                return until > before ? Optional.of(new IndexRange(before + 1, until)) : Optional.empty();
            }
        }
    }
}
