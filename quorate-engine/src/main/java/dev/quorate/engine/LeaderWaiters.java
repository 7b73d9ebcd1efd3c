package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Those who wait until this node knows a leader. Any thread waits; the set is LOOP's. */
final class LeaderWaiters {
    /** The most that wait. */
    static final int WAITERS_MAX = 4096;

    private final DutyCycle loop;
    private final NodeView view;
    private final Answers answers;
    private final Set<Waiter> waiting = new LinkedHashSet<>();

    LeaderWaiters(DutyCycle loop, NodeView view, Answers answers) {
        this.loop = loop;
        this.view = view;
        this.answers = answers;
    }

    /** The leader, when one is known before this time; any thread. */
    CompletableFuture<NodeId> await(long deadlineNanos) {
        Waiter waiter = new Waiter(deadlineNanos);
        if (!loop.offer(waiter)) {
            waiter.future.completeExceptionally(new NodeStoppedException("the node is closed"));
        }
        return waiter.future;
    }

    /** Takes one in; LOOP. */
    void add(Waiter waiter) {
        Optional<NodeId> leader = view.standing().leader();
        if (leader.isPresent()) {
            waiter.succeed(leader.get());
            return;
        }
        if (waiting.size() >= WAITERS_MAX) {
            waiter.discarded(new OverloadedException(WAITERS_MAX + " wait for a leader already"));
            return;
        }
        waiting.add(waiter);
        loop.schedule(waiter.deadlineNanos, () -> {
            if (waiting.remove(waiter)) {
                waiter.discarded(new NotLeaderException("no leader was known in time", Optional.empty()));
            }
        });
    }

    /** Role, term or leader changed; LOOP. */
    void standingChanged() {
        Optional<NodeId> leader = view.standing().leader();
        if (leader.isPresent() && !waiting.isEmpty()) {
            waiting.forEach(waiter -> waiter.succeed(leader.get()));
            waiting.clear();
        }
    }

    /** Fails all: the node stops. */
    void abandon(QuorateException reason) {
        new ArrayList<>(waiting).forEach(waiter -> waiter.discarded(reason));
        waiting.clear();
    }

    /** One who waits. */
    final class Waiter extends Inbox.Item {
        private final long deadlineNanos;
        private final CompletableFuture<NodeId> future = new CompletableFuture<>();

        private Waiter(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        private void succeed(NodeId leader) {
            answers.deliverFromAnywhere(() -> future.complete(leader));
        }

        @Override
        void discarded(QuorateException reason) {
            answers.deliverFromAnywhere(() -> future.completeExceptionally(reason));
        }
    }
}
