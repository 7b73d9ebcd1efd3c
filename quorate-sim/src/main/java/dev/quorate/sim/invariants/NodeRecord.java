package dev.quorate.sim.invariants;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** What one node has, kept from what went through its ports; outlives its crashes as its disk does. */
public final class NodeRecord {
    final NodeId id;
    /** The node's clock, read without anybody noticing. */
    final LongSupplier clock;

    LogRecord log = new LogRecord();
    HardState durableHardState = HardState.INITIAL;
    /** Terms and votes that were written and not synced, in order. */
    final List<HardState> writtenHardStates = new ArrayList<>();
    /** The newest snapshot that was finished here. */
    LogId snapshot = LogId.ZERO;

    /** What was durable before the disk lost something: acknowledgements of it may still be on their way. */
    final List<LogRecord> lostLogs = new ArrayList<>();

    LogId lostSnapshot = LogId.ZERO;

    /** The memberships in the log, by index, and the one that was in force before them. */
    final TreeMap<Long, Membership> memberships = new TreeMap<>();

    /** What the core announced as in force since the start: ahead of the log on disk until LOG has written it. */
    Membership announcedMembership = Membership.NONE;

    /** The membership of the newest snapshot. */
    Membership snapshotMembership = Membership.NONE;

    /** True after a fault that may have taken durable things: then the next start may find less. */
    boolean isDamaged;

    /** True after a fault of reading, until the next start. */
    boolean isUnreadable;

    Role role = Role.FOLLOWER;
    long term;
    long commitIndex;
    long appliedIndex;
    long appliedMillis;
    boolean leased;
    long leasedUntilNanos;
    boolean up;

    NodeRecord(NodeId id, LongSupplier clock) {
        this.id = id;
        this.clock = clock;
    }

    /** The node. */
    public NodeId id() {
        return id;
    }

    /** What it is at present. */
    public Role role() {
        return role;
    }

    /** Its term. */
    public long term() {
        return term;
    }

    /** True when a fault may have taken durable things since the last start. */
    public boolean isDamaged() {
        return isDamaged;
    }

    /** True when there is something in its log that is durable. */
    public boolean hasDurableEntries() {
        return log.durable() > 0 || snapshot.index() > 0;
    }

    /** True when it runs and has applied everything up to an index. */
    public boolean hasApplied(long index) {
        return up && appliedIndex >= index;
    }

    /** The membership that is in force here: the newest in the log. */
    public Membership membership() {
        return memberships.isEmpty() ? Membership.NONE : memberships.lastEntry().getValue();
    }

    /** Every membership that was in force here at an index or is behind it. */
    List<Membership> membershipsSince(long index) {
        Long from = memberships.floorKey(index);
        return List.copyOf(
                from == null
                        ? memberships.values()
                        : memberships.tailMap(from, true).values());
    }

    /** True when this position is durable here for certain, in the log or below a snapshot. */
    boolean holdsDurably(LogId id) {
        return id.index() <= snapshot.index() || isDurableIn(log, id);
    }

    /** The same, or it was so before the disk lost something: a leader may count what the node told it before. */
    boolean heldDurably(LogId id) {
        return holdsDurably(id)
                || id.index() <= lostSnapshot.index()
                || lostLogs.stream().anyMatch(lost -> isDurableIn(lost, id));
    }

    private static boolean isDurableIn(LogRecord log, LogId id) {
        return id.index() <= log.durable() && log.holds(id);
    }

    /** The log is found again after the disk may have lost something of it. */
    void lose() {
        lostLogs.add(log);
        lostSnapshot = snapshot.index() > lostSnapshot.index() ? snapshot : lostSnapshot;
        log = new LogRecord();
    }

    boolean holdsLease() {
        return up && leased && clock.getAsLong() - leasedUntilNanos < 0;
    }

    @Override
    public String toString() {
        return role + " of term " + term + ", log " + log.purged() + ".." + log.last() + ", durable to " + log.durable()
                + ", committed " + commitIndex + ", applied " + appliedIndex + ", snapshot " + snapshot + ", "
                + durableHardState;
    }
}
