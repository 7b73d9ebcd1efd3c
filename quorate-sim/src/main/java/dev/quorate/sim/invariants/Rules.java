package dev.quorate.sim.invariants;

import dev.quorate.raft.Effect;
import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.SnapshotMetadata;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** All invariants of a world, and the records that they judge by. The watchers of the ports call it. */
public final class Rules {
    private final Court court;
    private final Ledger ledger = new Ledger();
    private final Membership bootstrap;
    private final Map<NodeId, NodeRecord> nodes = new TreeMap<>();
    private final ElectionSafety electionSafety;
    private final LeaderAppendOnly leaderAppendOnly;
    private final LogMatching logMatching;
    private final LeaderCompleteness leaderCompleteness;
    private final StateMachineSafety stateMachineSafety;
    private final CommittedOnQuorum committedOnQuorum;
    private final CommittedImmutable committedImmutable;
    private final LeaseSafety leaseSafety;
    private final ReadsAreLinearizable reads;
    private final MonotonicIndexes monotonic;
    private final SnapshotLabelExact snapshotLabel;
    private final PurgeBehindSnapshot purge;
    private final DigestsAgree digests;
    private final DurableBeforeTold told;
    private final DurableSurvives survives;
    private final ClusterTimeNeverFalls clusterTime;

    /** The invariants of a cluster that begins with these members. */
    public Rules(Court court, Membership bootstrap) {
        this.court = court;
        this.bootstrap = bootstrap;
        electionSafety = new ElectionSafety(court);
        leaderAppendOnly = new LeaderAppendOnly(court);
        logMatching = new LogMatching(court, ledger);
        leaderCompleteness = new LeaderCompleteness(court, ledger);
        stateMachineSafety = new StateMachineSafety(court, ledger);
        committedOnQuorum = new CommittedOnQuorum(court);
        committedImmutable = new CommittedImmutable(court, ledger);
        leaseSafety = new LeaseSafety(court);
        reads = new ReadsAreLinearizable(court, ledger);
        monotonic = new MonotonicIndexes(court);
        snapshotLabel = new SnapshotLabelExact(court, ledger);
        purge = new PurgeBehindSnapshot(court, ledger);
        digests = new DigestsAgree(court, ledger);
        told = new DurableBeforeTold(court);
        survives = new DurableSurvives(court, ledger);
        clusterTime = new ClusterTimeNeverFalls(court);
    }

    /** Begins the record of a node with this clock. */
    public NodeRecord node(NodeId id, LongSupplier clock) {
        NodeRecord record = new NodeRecord(id, clock);
        nodes.put(id, record);
        return record;
    }

    /** What the cluster has. */
    public Ledger ledger() {
        return ledger;
    }

    /** Where violations end. */
    public Court court() {
        return court;
    }

    /** The membership that the newest leader goes by; the first one when there is no leader. */
    public Membership membership() {
        long term = -1;
        Membership membership = bootstrap;
        for (NodeRecord node : nodes.values()) {
            if (node.up && node.role == Role.LEADER && node.term > term) {
                term = node.term;
                membership = node.membership();
            }
        }
        return membership;
    }

    /** The check of reads. */
    public ReadsAreLinearizable reads() {
        return reads;
    }

    /** The records of all nodes. */
    public Collection<NodeRecord> nodes() {
        return nodes.values();
    }

    /** A node runs, with what its core said of itself. */
    public void started(NodeRecord node, long term, long commitIndex) {
        node.up = true;
        node.role = Role.FOLLOWER;
        node.term = term;
        node.commitIndex = commitIndex;
        node.leased = false;
        node.isDamaged = false;
        node.isUnreadable = false;
    }

    /** A node runs no more. */
    public void stopped(NodeRecord node) {
        node.up = false;
        node.leased = false;
        node.appliedIndex = 0;
        node.appliedMillis = 0;
    }

    /** A fault may have taken durable things of a node. */
    public void damaged(NodeRecord node) {
        node.isDamaged = true;
    }

    /**
     * A node takes its storage for damaged and is about to repair it. It may so only after a fault that damages: a
     * mistake that reads like damage would be repaired by the peers, and nobody would notice.
     */
    public void repairs(NodeRecord node) {
        court.require(
                node.isDamaged || node.isUnreadable,
                "DamageHasACause",
                "a node finds damage on a disk that nothing happened to:",
                node.id);
        damaged(node);
    }

    /** A part of a node's disk cannot be read for a while: its newest snapshot may not count at the next start. */
    public void unreadable(NodeRecord node) {
        node.isUnreadable = true;
    }

    /** The core of a node made a step. */
    public void stepped(NodeRecord node, List<Effect> effects) {
        for (int place = 0; place < effects.size(); place++) {
            Effect effect = effects.get(place);
            if (effect instanceof Effect.Persist persist) {
                leaderAppendOnly.persists(node, persist);
            } else if (effect instanceof Effect.MembershipChanged changed) {
                node.announcedMembership = changed.membership();
            } else if (effect instanceof Effect.RoleChanged changed) {
                roleChanged(node, changed);
            } else if (effect instanceof Effect.Commit commit) {
                committed(node, commit.index());
            } else if (effect instanceof Effect.LeaseChanged lease) {
                node.leased = lease.valid();
                node.leasedUntilNanos = lease.untilNanos();
            }
        }
    }

    private void roleChanged(NodeRecord node, Effect.RoleChanged changed) {
        monotonic.term(node, changed.term());
        node.role = changed.role();
        node.term = changed.term();
        if (changed.role() == Role.LEADER && electionSafety.leads(node.id, changed.term())) {
            leaderCompleteness.elected(node, changed.term());
        }
    }

    private void committed(NodeRecord node, long index) {
        monotonic.commit(node, index);
        long before = ledger.committed();
        committedImmutable.commits(node, node.commitIndex, index);
        node.commitIndex = index;
        if (ledger.committed() > before) {
            committedOnQuorum.committed(node, ledger.committedAt(index), nodes.values());
            leaseSafety.committedNew(node, nodes.values());
        }
    }

    /** A node sends a message of the protocol. */
    public void sends(NodeRecord node, NodeId to, Message message) {
        told.sends(node, to, message);
        if (message instanceof Message.AppendEntries || message instanceof Message.Heartbeat) {
            electionSafety.leads(node.id, message.term());
        }
    }

    /** The log and the snapshots of a node were opened; {@code newest} is the newest of these. */
    public void recovered(NodeRecord node, RecoveredLog found, Optional<SnapshotMetadata> newest) {
        LogId snapshot = newest.map(SnapshotMetadata::lastIncluded).orElse(LogId.ZERO);
        court.require(
                snapshot.index() >= node.snapshot.index() || node.isDamaged || node.isUnreadable,
                DurableSurvives.NAME,
                "a finished snapshot is gone:",
                node.id,
                node.snapshot,
                snapshot);
        if (node.isDamaged) {
            node.lose();
            node.durableHardState = found.hardState();
        }
        node.snapshot = snapshot;
        survives.recovered(node, found);
        node.snapshotMembership = newest.map(SnapshotMetadata::membership).orElse(bootstrap);
        node.announcedMembership = Membership.NONE;
        node.memberships.clear();
        node.memberships.put(snapshot.index(), node.snapshotMembership);
        noteMemberships(node, found.memberships());
    }

    /** A node writes a term and vote. */
    public void writesHardState(NodeRecord node, HardState hardState) {
        List<HardState> written = node.writtenHardStates;
        monotonic.hardState(
                node, written.isEmpty() ? node.durableHardState : written.get(written.size() - 1), hardState);
        written.add(hardState);
    }

    /** A node is about to write entries. */
    public void appending(NodeRecord node, List<Entry> entries) {
        long termBefore = node.log.termAt(node.log.last());
        long next = node.log.last() + 1;
        for (Entry entry : entries) {
            court.require(entry.index() == next++, LogMatching.NAME, "a hole in the log:", node.id, entry.id());
            logMatching.appends(node, termBefore, entry);
            termBefore = entry.term();
        }
    }

    /** A node has written entries. */
    public void appended(NodeRecord node, List<Entry> entries) {
        for (Entry entry : entries) {
            node.log.append(entry.term());
        }
        noteMemberships(node, entries);
    }

    private static void noteMemberships(NodeRecord node, List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.kind() == EntryKind.MEMBERSHIP) {
                node.memberships.put(entry.index(), MembershipFormat.decode(entry.payload()));
            }
        }
    }

    /** A node has read entries from its log, from an index on. */
    public void readBack(NodeRecord node, long first, List<Entry> entries) {
        long next = first;
        for (Entry entry : entries) {
            court.require(entry.index() == next++, LogMatching.NAME, "reads a hole:", node.id, entry.id());
            logMatching.reads(node, entry);
        }
    }

    /** A node drops the entries from an index on. */
    public void truncates(NodeRecord node, long index) {
        committedImmutable.truncates(node, index);
        node.log.truncateFrom(index);
        node.memberships.tailMap(index, true).clear();
    }

    /** A node replaces its log by a snapshot. */
    public void resets(NodeRecord node, LogId to) {
        purge.resets(node, to);
        node.log.resetTo(to);
        node.memberships.clear();
        node.memberships.put(to.index(), node.snapshotMembership);
    }

    /** All that a node has written is durable. */
    public void synced(NodeRecord node) {
        node.log.sync();
        if (!node.writtenHardStates.isEmpty()) {
            node.durableHardState = node.writtenHardStates.get(node.writtenHardStates.size() - 1);
            node.writtenHardStates.clear();
        }
    }

    /** A node is about to forget entries. */
    public void purges(NodeRecord node, LogId through) {
        purge.purges(node, through);
    }

    /** The log of a node begins after this position now. */
    public void purged(NodeRecord node, LogId position) {
        node.log.purge(position);
    }

    /** A snapshot with this label was finished, or arrives. */
    public void snapshotLabelled(NodeRecord node, LogId label, Bytes digest) {
        snapshotLabel.written(node, label, digest);
    }

    /** A snapshot is durable at a node. */
    public void snapshotFinished(NodeRecord node, SnapshotMetadata metadata) {
        if (metadata.lastIncluded().index() > node.snapshot.index()) {
            node.snapshot = metadata.lastIncluded();
            node.snapshotMembership = metadata.membership();
        }
    }

    /** A state machine is about to apply a command. */
    public void applies(NodeRecord node, Entry entry) {
        stateMachineSafety.applies(node, node.appliedIndex, entry);
        clusterTime.applies(node, entry);
    }

    /** A state machine has applied a command, and its digest is this now. */
    public void applied(NodeRecord node, Entry entry, Bytes digest) {
        node.appliedIndex = entry.index();
        digests.stateIs(node, entry.index(), digest);
    }

    /** A state machine has applied everything up to here, at a revision of the store. */
    public void appliedChunk(NodeRecord node, LogId last, long revision) {
        stateMachineSafety.applied(node, last);
        node.appliedIndex = last.index();
        ledger.revision(last.index(), revision);
    }

    /** A state machine has been given the state of a snapshot. */
    public void restored(NodeRecord node, LogId label, Bytes digest) {
        snapshotLabel.labelled(node, label, digest);
        node.appliedIndex = label.index();
    }

    /** A node stopped working. */
    public void halted(NodeRecord node, boolean byFault, String why) {
        court.require(byFault, "HaltsOnlyForCause", "a node halted without a fault:", node.id, why);
    }

    /** A node could not start. */
    public void couldNotStart(NodeRecord node, boolean byFault, String why) {
        court.require(byFault, "StartsAgain", "a node cannot start:", node.id, why);
    }
}
