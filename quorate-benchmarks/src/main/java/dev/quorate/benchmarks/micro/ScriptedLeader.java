package dev.quorate.benchmarks.micro;

import dev.quorate.raft.Effect;
import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.Input;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Raft;
import dev.quorate.raft.RaftOptions;
import dev.quorate.raft.RecoveredState;
import dev.quorate.raft.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The core of a leader whose followers and whose disk answer at once, so that what remains is the time of
 * {@link Raft#step}. One thread.
 */
final class ScriptedLeader {
    private static final long STEP_NANOS = 1_000;
    private static final long KEPT = 10_000;

    private final Raft raft;
    private final Deque<Input> inputs = new ArrayDeque<>();
    private long nowNanos;
    private long commit;
    private long purged;

    /** Elects a leader of so many nodes. */
    ScriptedLeader(int nodes) {
        NodeId[] members = new NodeId[nodes];
        for (int i = 0; i < nodes; i++) {
            members[i] = NodeId.of(i + 1);
        }
        Membership membership = Membership.ofVoters(members);
        raft = new Raft(members[0], RaftOptions.DEFAULTS, RecoveredState.fresh(membership), nowNanos, 1);
        nowNanos = raft.nextDeadlineNanos();
        run(new Input.TimerFired());
        if (raft.role() != Role.LEADER) {
            throw new IllegalStateException("the election ended as " + raft.role());
        }
    }

    /** Proposes entries, makes them durable everywhere, commits and applies them. */
    long replicate(EntrySizes sizes) {
        run(new Input.Propose(sizes));
        if (commit < raft.last().index()) {
            throw new IllegalStateException("committed " + commit + " of " + raft.last());
        }
        if (commit - purged > 2 * KEPT) {
            LogId through = new LogId(raft.term(), commit - KEPT);
            run(new Input.SnapshotSaved(through));
            run(new Input.Purged(through));
            purged = through.index();
        }
        return commit;
    }

    private void run(Input first) {
        inputs.add(first);
        for (Input input = inputs.poll(); input != null; input = inputs.poll()) {
            nowNanos += STEP_NANOS;
            List<Effect> effects = raft.step(nowNanos, input);
            for (int i = 0; i < effects.size(); i++) {
                answer(effects.get(i));
            }
        }
    }

    private void answer(Effect effect) {
        if (effect instanceof Effect.Persist persist) {
            inputs.add(new Input.Persisted(persist.sequence()));
        } else if (effect instanceof Effect.Commit committed) {
            commit = committed.index();
            inputs.add(new Input.Applied(commit));
        } else if (effect instanceof Effect.Send send) {
            answer(send.to(), send.message());
        }
    }

    private void answer(NodeId from, Message message) {
        if (message instanceof Message.AppendEntries append) {
            received(
                    from,
                    new Message.AppendAccepted(append.term(), append.last().index(), append.round()));
        } else if (message instanceof Message.PreVoteRequest request) {
            received(from, new Message.PreVoteResponse(request.term(), true));
        } else if (message instanceof Message.VoteRequest request) {
            received(from, new Message.VoteResponse(request.term(), true));
        } else if (message instanceof Message.Heartbeat heartbeat) {
            received(from, new Message.HeartbeatResponse(heartbeat.term(), heartbeat.round()));
        }
    }

    private void received(NodeId from, Message message) {
        inputs.add(new Input.Received(from, message, EntrySizes.NONE));
    }
}
