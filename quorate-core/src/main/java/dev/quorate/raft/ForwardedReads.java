package dev.quorate.raft;

import java.util.Optional;
import java.util.TreeMap;

/**
 * The reads for which a node that does not lead has asked the leader (thesis §6.4). On the way they have numbers of
 * their own, which begin at a random one: an answer to an earlier life of this node must not confirm a read of this
 * one.
 */
final class ForwardedReads {
    private record Forwarded(long readId, long deadlineNanos) {}

    private final Core core;
    /** By the number on the way, and so in the order of their deadlines. */
    private final TreeMap<Long, Forwarded> reads = new TreeMap<>();

    private long nextNumber;
    /** The leader that was asked, and its term. */
    private Optional<NodeId> asked = Optional.empty();

    private long askedTerm;

    ForwardedReads(Core core) {
        this.core = core;
        this.nextNumber = core.randomNumber();
    }

    /** Asks the leader, when one is known. */
    void read(long readId) {
        if (core.leader().isEmpty()) {
            core.outbox.add(new Effect.ReadRefused(readId, Refusal.NOT_LEADER, Optional.empty()));
        } else if (reads.size() >= core.options.pendingReadsMax()) {
            core.outbox.add(new Effect.ReadRefused(readId, Refusal.OVERLOADED, core.leader()));
        } else {
            asked = core.leader();
            askedTerm = core.term();
            long number = nextNumber++;
            reads.put(number, new Forwarded(readId, core.nowNanos() + core.options.electionTimeoutNanos()));
            core.outbox.send(asked.get(), new Message.ReadIndexRequest(core.term(), number));
        }
    }

    /** The leader answered. */
    void answered(Message.ReadIndexResponse response) {
        Forwarded read = reads.remove(response.readId());
        if (read == null) {
            return;
        }
        if (response.readIndex().isPresent()) {
            core.outbox.add(
                    new Effect.ReadReady(read.readId(), response.readIndex().get()));
        } else {
            core.outbox.add(new Effect.ReadRefused(read.readId(), Refusal.NOT_LEADER, core.leader()));
        }
    }

    /** When the oldest question is given up. */
    long deadlineNanos() {
        return reads.isEmpty() ? Election.NEVER : reads.firstEntry().getValue().deadlineNanos();
    }

    /** Gives up the questions that were not answered within an election timeout. */
    void expire() {
        while (!reads.isEmpty() && deadlineNanos() <= core.nowNanos()) {
            refuse(reads.pollFirstEntry().getValue(), Refusal.TIMED_OUT);
        }
    }

    /**
     * Refuses what was asked of a leader that is not the leader any more: its answer, if any, would be of an old term.
     */
    void settle() {
        boolean stands = asked.equals(core.leader()) && askedTerm == core.term();
        while (!stands && !reads.isEmpty()) {
            refuse(reads.pollFirstEntry().getValue(), Refusal.NOT_LEADER);
        }
    }

    private void refuse(Forwarded read, Refusal reason) {
        core.outbox.add(new Effect.ReadRefused(read.readId(), reason, core.leader()));
    }
}
