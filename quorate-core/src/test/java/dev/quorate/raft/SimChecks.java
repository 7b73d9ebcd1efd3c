package dev.quorate.raft;

import dev.quorate.raft.SimLog.SimEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in every history, checked after every event; the names are those of the Raft paper (figure 3) and
 * thesis ch. 6.
 */
final class SimChecks {
    private record Position(long index, long term) implements Comparable<Position> {
        @Override
        public int compareTo(Position other) {
            return index != other.index ? Long.compare(index, other.index) : Long.compare(term, other.term);
        }
    }

    private record Seen(SimEntry entry, long termBefore) {}

    private final List<SimNode> nodes;
    private final Map<Long, NodeId> leaders = new TreeMap<>();
    private final Map<Position, Seen> seen = new TreeMap<>();
    /** The committed entries; index i at place i - 1. */
    private final List<SimEntry> committed = new ArrayList<>();
    /** In which term each of them was committed. */
    private final List<Long> committedInTerm = new ArrayList<>();

    /** The committed memberships, by their index. */
    private final TreeMap<Long, Membership> memberships = new TreeMap<>();

    SimChecks(List<SimNode> nodes, Membership first) {
        this.nodes = nodes;
        this.memberships.put(0L, first);
    }

    /** The committed membership at a committed index. */
    Membership membershipAt(long index) {
        return memberships.floorEntry(index).getValue();
    }

    /** The newest committed membership. */
    Membership membership() {
        return memberships.lastEntry().getValue();
    }

    /** What is answered to an operator is committed. */
    void reconfigured(Membership membership) {
        require(membership.equals(membership()), "a change that is not committed", membership, membership());
    }

    /** Voters change through a joint membership only, whose halves are the one before and the one after (Raft §6). */
    private void membershipCommitted(long index, Membership next) {
        Membership last = membership();
        boolean stays = !last.isJoint() && !next.isJoint() && next.voters().equals(last.voters());
        boolean enters = !last.isJoint() && next.outgoing().equals(last.voters());
        boolean leaves = last.isJoint() && !next.isJoint() && next.voters().equals(last.voters());
        require(stays || enters || leaves, "JointConsensus", index, last, next);
        memberships.put(index, next);
    }

    /** The highest index that any leader has committed. */
    long committedIndex() {
        return committed.size();
    }

    LogId committedId(long index) {
        return index == 0
                ? LogId.ZERO
                : new LogId(committed.get((int) index - 1).term(), index);
    }

    /** LogMatching, by induction: an index and a term name one entry, with one predecessor. */
    void entryWritten(SimLog log, long index) {
        Seen now = new Seen(log.at(index), log.termAt(index - 1));
        Seen before = seen.putIfAbsent(new Position(index, now.entry().term()), now);
        require(before == null || before.equals(now), "LogMatching", index, now);
    }

    /** ElectionSafety and LeaderCompleteness. */
    void becameLeader(SimNode node, long term) {
        NodeId other = leaders.putIfAbsent(term, node.id);
        require(other == null || other.equals(node.id), "ElectionSafety: two leaders of a term", term, other, node.id);
        for (long index = Math.max(1, node.log.purged().index()); index <= committedIndex(); index++) {
            // A leader of an earlier term may be told late that it won.
            boolean mustHold = committedInTerm.get((int) index - 1) < term;
            boolean holds = node.log.termAt(index) == committedId(index).term();
            require(holds || !mustHold, "LeaderCompleteness: misses an entry", node.id, term, index);
        }
    }

    /**
     * CommittedOnQuorum: durable, and by the membership that was in force when it was counted.
     *
     * @param counted the membership before the step, in which the leader may have gone on to the next one
     */
    void committedByLeader(SimNode node, long from, long to, Membership counted) {
        for (long index = committedIndex() + 1; index <= to; index++) {
            SimEntry entry = node.log.at(index);
            long at = index;
            entry.membership().ifPresent(membership -> membershipCommitted(at, membership));
            committed.add(entry);
            committedInTerm.add(node.raft().term());
        }
        committedByFollower(node, from, to);
        TreeSet<NodeId> durable = new TreeSet<>();
        for (SimNode each : nodes) {
            if (each.holdsDurably(committedId(to), node.raft().term())) {
                durable.add(each.id);
            }
        }
        require(counted.isQuorum(durable), "CommittedOnQuorum: durable at these only", to, durable);
    }

    /** CommittedImmutable. */
    void committedByFollower(SimNode node, long from, long to) {
        require(to <= committedIndex(), "a commit that no leader made", node.id, to);
        for (long index = Math.max(from, node.log.purged().index()) + 1; index <= to; index++) {
            SimEntry entry = node.log.at(index);
            require(entry.equals(committed.get((int) index - 1)), "CommittedImmutable", node.id, index);
        }
    }

    /** StateMachineSafety. */
    void applied(SimNode node, long index, SimEntry entry) {
        require(index <= committedIndex(), "applied and not committed", node.id, index);
        require(entry.equals(committed.get((int) index - 1)), "StateMachineSafety", node.id, index);
    }

    /** SnapshotLabelExact: a snapshot stands at a committed entry. */
    void snapshot(LogId lastIncluded) {
        require(lastIncluded.equals(committedId(lastIncluded.index())), "SnapshotLabelExact", lastIncluded);
    }

    /** What a message says is durable at its sender. */
    void sent(SimNode node, NodeId to, Message message) {
        boolean proposal = message instanceof Message.PreVoteRequest
                || (message instanceof Message.PreVoteResponse response && response.granted());
        long durableTerm = node.hardState.term();
        require(proposal || message.term() <= durableTerm, "a term that is not durable was told", node.id, message);
        if (message instanceof Message.VoteResponse vote && vote.granted() && vote.term() == durableTerm) {
            require(node.hardState.votedFor().equals(Optional.of(to)), "a vote that is not durable", node.id, message);
        }
        if (message instanceof Message.VoteRequest request && request.term() == durableTerm) {
            boolean own = node.hardState.votedFor().equals(Optional.of(node.id));
            require(own, "a candidate without its own durable vote", node.id, message);
        }
        if (message instanceof Message.AppendAccepted accepted) {
            long match = accepted.matchIndex();
            boolean purged = match < node.durable.purged().index();
            boolean durable = purged || node.durable.termAt(match) == node.log.termAt(match);
            require(durable, "an acknowledgement of what is not durable", node.id, message);
        }
    }

    /** LeaseSafety: who holds a lease knows everything that is committed, and is alone with it. */
    void leases(long nowNanos) {
        int holders = 0;
        for (SimNode node : nodes) {
            if (node.holdsLease(nowNanos)) {
                holders++;
                require(node.raft().commitIndex() >= committedIndex(), "LeaseSafety: misses an entry", node.id);
            }
        }
        require(holders <= 1, "LeaseSafety: more than one holder", holders);
    }

    /** ReadsAreLinearizable: a read sees everything that was committed before it began, and nothing that is not. */
    void readAnswered(SimNode node, long readIndex, long committedBefore) {
        require(readIndex >= committedBefore, "ReadsAreLinearizable", node.id, readIndex, committedBefore);
        long committedNow = Math.max(committedIndex(), node.raft().commitIndex());
        require(readIndex <= committedNow, "a read of what is not committed", node.id, readIndex, committedNow);
    }

    /** Fails with the values unless the condition holds. */
    static void require(boolean holds, String what, @Nullable Object... values) {
        if (!holds) {
            throw new AssertionError(what + ": " + Arrays.toString(values));
        }
    }
}
