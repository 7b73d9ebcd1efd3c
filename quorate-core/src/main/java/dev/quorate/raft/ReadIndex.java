package dev.quorate.raft;

import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The linearizable reads that wait at a leader (thesis §6.4), its own and those of followers.
 *
 * <pre>
 *   read ──► held until an entry of our term is committed ──► readIndex = commit, waits for the next round ──► answered
 * </pre>
 *
 * A read is confirmed by a round that begins after it came. While a round runs no other begins, so all reads that come
 * meanwhile share the next one.
 */
final class ReadIndex {
    private record Waiting(Optional<NodeId> from, long readId, long readIndex, long round, long deadlineNanos) {}

    private final Core core;
    private final Rounds rounds;
    private final Replication replication;
    private final ArrayDeque<Waiting> held = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    ReadIndex(Core core, Rounds rounds, Replication replication) {
        this.core = core;
        this.rounds = rounds;
        this.replication = replication;
    }

    /**
     * Takes a read.
     *
     * @param from the follower that asks, empty for a read of this node
     * @param committedInTerm true when the commit index is known to be up to date
     */
    void read(Optional<NodeId> from, long readId, boolean committedInTerm) {
        long deadline = core.nowNanos() + core.options.electionTimeoutNanos();
        if (held.size() + waiting.size() >= core.options.pendingReadsMax()) {
            refuse(new Waiting(from, readId, 0, 0, deadline), Refusal.OVERLOADED);
        } else if (!committedInTerm) {
            held.add(new Waiting(from, readId, 0, 0, deadline));
        } else {
            admit(from, readId, deadline);
        }
    }

    /** An entry of the leader's own term is committed: what was held has its index now. */
    void committedInTerm() {
        while (!held.isEmpty()) {
            Waiting read = held.removeFirst();
            admit(read.from(), read.readId(), read.deadlineNanos());
        }
    }

    /** A round was confirmed: answers the reads that came before it began, and begins the next round for the others. */
    void confirmed() {
        while (!waiting.isEmpty() && waiting.getFirst().round() <= rounds.confirmed()) {
            answer(waiting.removeFirst());
        }
        if (!waiting.isEmpty() && !rounds.isRunning()) {
            beginRound();
        }
    }

    /** When the oldest read is given up, if nothing happens. */
    long deadlineNanos() {
        long first = waiting.isEmpty() ? Election.NEVER : waiting.getFirst().deadlineNanos();
        return held.isEmpty() ? first : Math.min(first, held.getFirst().deadlineNanos());
    }

    /** Gives up the reads that have waited for an election timeout. */
    void expire() {
        while (!held.isEmpty() && held.getFirst().deadlineNanos() <= core.nowNanos()) {
            refuse(held.removeFirst(), Refusal.TIMED_OUT);
        }
        while (!waiting.isEmpty() && waiting.getFirst().deadlineNanos() <= core.nowNanos()) {
            refuse(waiting.removeFirst(), Refusal.TIMED_OUT);
        }
    }

    /** The node does not lead any more. */
    void leadershipLost() {
        while (!held.isEmpty()) {
            refuse(held.removeFirst(), Refusal.LEADERSHIP_LOST);
        }
        while (!waiting.isEmpty()) {
            refuse(waiting.removeFirst(), Refusal.LEADERSHIP_LOST);
        }
    }

    private void admit(Optional<NodeId> from, long readId, long deadline) {
        Waiting read = new Waiting(from, readId, core.ladder.commit(), rounds.current() + 1, deadline);
        if (core.isSoleVoter()) {
            answer(read);
            return;
        }
        waiting.add(read);
        if (!rounds.isRunning()) {
            beginRound();
        }
    }

    private void beginRound() {
        rounds.begin(core.nowNanos());
        replication.heartbeat(true);
    }

    private void answer(Waiting read) {
        if (read.from().isEmpty()) {
            core.outbox.add(new Effect.ReadReady(read.readId(), read.readIndex()));
        } else {
            core.outbox.send(
                    read.from().get(),
                    new Message.ReadIndexResponse(core.term(), read.readId(), Optional.of(read.readIndex())));
        }
    }

    private void refuse(Waiting read, Refusal reason) {
        if (read.from().isEmpty()) {
            core.outbox.add(new Effect.ReadRefused(read.readId(), reason, core.leader()));
        } else {
            core.outbox.send(
                    read.from().get(), new Message.ReadIndexResponse(core.term(), read.readId(), Optional.empty()));
        }
    }
}
