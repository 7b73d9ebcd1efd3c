package dev.quorate.raft;

import java.util.Optional;

/**
 * A transfer of leadership under way (thesis §3.10). It begins at a leader and ends, well or not, after it: so it
 * outlives the {@link Leader}, and there is one at a time.
 *
 * <pre>
 *   no proposals ─► the target has the whole log ─► lease over ─► TimeoutNow ─► another leads: done
 *        └─────────── an election timeout passes: given up, the node leads on ───────┘
 * </pre>
 */
final class Handover {
    private record Pending(Optional<Long> requestId, NodeId target, long term, long deadlineNanos) {}

    private final Core core;
    private Optional<Pending> pending = Optional.empty();

    Handover(Core core) {
        this.core = core;
    }

    /** Begins; {@code requestId} is empty when the node itself wants it. */
    void begin(Optional<Long> requestId, NodeId target) {
        long deadline = core.nowNanos() + core.options.electionTimeoutNanos();
        pending = Optional.of(new Pending(requestId, target, core.term(), deadline));
    }

    /** The node that is to lead. */
    Optional<NodeId> target() {
        return pending.map(Pending::target);
    }

    /** When {@link #settle} has something to give up. */
    long deadlineNanos() {
        return pending.map(this::deadlineNanos).orElse(Election.NEVER);
    }

    /** Looks, at the end of a step, whether the transfer has come to its end. */
    void settle() {
        if (pending.isEmpty()) {
            return;
        }
        Pending now = pending.get();
        if (core.term() > now.term() && core.leader().isPresent()) {
            pending = Optional.empty();
            NodeId leader = core.leader().get();
            now.requestId().ifPresent(id -> core.outbox.add(new Effect.Transferred(id, leader)));
        } else if (core.nowNanos() >= deadlineNanos(now)) {
            pending = Optional.empty();
            boolean leadsOn = core.isLeader();
            String why = leadsOn
                    ? "node " + now.target() + " did not take over within an election timeout"
                    : "node " + core.self + " gave up its leadership, and no new leader was heard of in time";
            refuse(now, leadsOn ? ChangeRefusal.TIMED_OUT : ChangeRefusal.LEADERSHIP_LOST, why);
        }
    }

    /** Once the node does not lead any more, a new leader gets the time that an election may take. */
    private long deadlineNanos(Pending now) {
        return core.isLeader() ? now.deadlineNanos() : now.deadlineNanos() + 2 * core.options.electionTimeoutNanos();
    }

    private void refuse(Pending now, ChangeRefusal reason, String why) {
        now.requestId().ifPresent(id -> core.outbox.add(new Effect.TransferRefused(id, reason, why, core.leader())));
    }
}
