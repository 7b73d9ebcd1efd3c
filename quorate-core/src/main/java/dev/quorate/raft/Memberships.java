package dev.quorate.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The memberships of the log: the newest is in force as soon as it is in the log, committed or not, and the one before
 * it is again when its entry is cut off (Raft §6).
 */
final class Memberships {
    private final NodeId self;
    /** Those that may still be cut off, behind the newest of which that is not so. */
    private final ArrayList<LoggedMembership> logged = new ArrayList<>();
    /** True once this node was in any of them. */
    private boolean selfSeen;
    /** Grows whenever another one may be in force. */
    private long changes;

    Memberships(NodeId self, Membership first, List<LoggedMembership> later) {
        this.self = self;
        append(new LoggedMembership(0, first));
        later.forEach(this::append);
    }

    /** The membership in force. */
    Membership current() {
        return newest().membership();
    }

    /** The entry that brought it; 0 for the one that no entry brought. */
    long index() {
        return newest().index();
    }

    /** A number that differs whenever the membership in force may. */
    long changes() {
        return changes;
    }

    /** True when this node was a member and is none in the membership in force. */
    boolean isSelfRemoved() {
        return selfSeen && !current().contains(self);
    }

    /** True when this node votes by the membership in force, or by one that can come back, given the commit index. */
    boolean isVoterYet(long commit) {
        committedTo(commit);
        for (int place = logged.size() - 1; place >= 0; place--) {
            if (logged.get(place).membership().isVoter(self)) {
                return true;
            }
        }
        return false;
    }

    /** The voters of the membership in force, and of those that can come back, given the commit index. */
    SortedSet<NodeId> possibleVoters(long commit) {
        committedTo(commit);
        SortedSet<NodeId> voters = new TreeSet<>();
        for (LoggedMembership each : logged) {
            voters.addAll(each.membership().voters());
            voters.addAll(each.membership().outgoing());
        }
        return voters;
    }

    /** An entry with a membership is in the log. */
    void append(LoggedMembership membership) {
        Invariant.check(
                logged.isEmpty() || membership.index() > index(), "memberships out of order", membership, logged);
        changes++;
        logged.add(membership);
        selfSeen |= membership.membership().contains(self);
    }

    /** Every entry at or above this index is cut off. */
    void truncateFrom(long index) {
        while (index() >= index) {
            Invariant.check(logged.size() > 1, "a membership cut off that cannot be", index, logged);
            logged.remove(logged.size() - 1);
            changes++;
        }
    }

    /** Entries up to here are committed: what they replaced is not needed any more. */
    void committedTo(long index) {
        while (logged.size() > 1 && logged.get(1).index() <= index) {
            logged.remove(0);
        }
    }

    /** A snapshot with this membership took the place of the log. */
    void reset(long index, Membership membership) {
        long before = changes;
        boolean same = membership.equals(current());
        logged.clear();
        append(new LoggedMembership(index, membership));
        changes = same ? before : changes;
    }

    private LoggedMembership newest() {
        return logged.get(logged.size() - 1);
    }
}
