package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.QuorateException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The gate of received snapshots. Any thread knocks; LOOP takes each offer to the core, whose effect is the answer, and
 * lets each restored one pass when the log is durably reset. Futures complete on LOOP.
 */
final class SnapshotInstalls implements InstallGate {
    private record Reset(long sequence, Restored restored) {}

    private final DutyCycle loop;
    private final Map<LogId, Offer> offers = new HashMap<>();
    private final ArrayDeque<Reset> resets = new ArrayDeque<>();
    private long issued;
    private long persisted;

    SnapshotInstalls(DutyCycle loop) {
        this.loop = loop;
    }

    @Override
    public CompletableFuture<Boolean> offer(LogId lastIncluded, Membership membership) {
        Offer offer = new Offer(lastIncluded, membership);
        loop.offer(offer);
        return offer.wanted;
    }

    @Override
    public CompletableFuture<Void> restored(LogId lastIncluded) {
        Restored restored = new Restored(lastIncluded);
        loop.offer(restored);
        return restored.done;
    }

    /** Waits for the core's answer to this offer; LOOP, before the core is asked. */
    void await(Offer offer) {
        Offer earlier = offers.put(offer.lastIncluded, offer);
        if (earlier != null) {
            earlier.wanted.complete(false);
        }
    }

    /** Waits until all that was handed to LOG is durable; LOOP, after the core was told. */
    void await(Restored restored) {
        if (issued <= persisted) {
            restored.done.complete(null);
        } else {
            resets.add(new Reset(issued, restored));
        }
    }

    /** The core's answer to an offer; LOOP. */
    void answer(LogId lastIncluded, boolean wanted) {
        Offer offer = offers.remove(lastIncluded);
        if (offer != null) {
            offer.wanted.complete(wanted);
        }
    }

    /** A write was handed to LOG; LOOP. */
    void issued(long sequence) {
        issued = sequence;
    }

    /** Writes up to this number are durable; LOOP. */
    void persisted(long sequence) {
        persisted = sequence;
        while (!resets.isEmpty() && resets.peek().sequence() <= sequence) {
            resets.remove().restored().done.complete(null);
        }
    }

    /** Fails all who wait: the node stops. */
    void abandon(QuorateException reason) {
        offers.values().forEach(offer -> offer.discarded(reason));
        offers.clear();
        resets.forEach(reset -> reset.restored().discarded(reason));
        resets.clear();
    }

    /** A received snapshot that wants to be installed. */
    static final class Offer extends Inbox.Item {
        private final LogId lastIncluded;
        private final Membership membership;
        private final CompletableFuture<Boolean> wanted = new CompletableFuture<>();

        private Offer(LogId lastIncluded, Membership membership) {
            this.lastIncluded = lastIncluded;
            this.membership = membership;
        }

        LogId lastIncluded() {
            return lastIncluded;
        }

        Membership membership() {
            return membership;
        }

        @Override
        void discarded(QuorateException reason) {
            wanted.completeExceptionally(reason);
        }
    }

    /** A snapshot that the state machine holds now. */
    static final class Restored extends Inbox.Item {
        private final LogId lastIncluded;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        private Restored(LogId lastIncluded) {
            this.lastIncluded = lastIncluded;
        }

        LogId lastIncluded() {
            return lastIncluded;
        }

        @Override
        void discarded(QuorateException reason) {
            done.completeExceptionally(reason);
        }
    }
}
