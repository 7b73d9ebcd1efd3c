package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.RaftStatus.PeerStatus;
import dev.quorate.raft.Role;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A picture of a node. The numbers are read one after the other while the node runs, so they need not be of the same
 * instant.
 *
 * @param clusterId the cluster
 * @param id the node
 * @param role what it is in its term
 * @param leader the leader of the term, when it is known here
 * @param last the last entry of the log, durable or not
 * @param commitIndex the last entry known to be committed
 * @param appliedIndex the last entry whose effects are visible
 * @param snapshot the newest durable snapshot, {@link LogId#ZERO} without one
 * @param purged the position that the log begins after
 * @param logBytes the size of the log
 * @param membership who belongs to the cluster: the membership in force, committed or not; {@link Membership#NONE} at a
 *     node that joins and was not contacted yet
 * @param membershipIndex the entry that brought it, 0 when none did
 * @param removed true when this node was a member and the cluster has removed it: it may be closed
 * @param peers at the leader, what is known of each other member, at most a heartbeat old; else empty
 * @param alarms nodes that raised the CORRUPT alarm since the oldest entry of this node's log
 * @param quarantine why this replica serves no reads, when it must not
 * @param rejoining true while the node may not vote, because its disk is new or lost something
 * @param proposalsInFlight proposals that are taken here and not answered
 * @param readsInFlight reads that wait here
 * @param droppedMessages messages of peers that were dropped here since the start, because there were too many
 * @param transfers snapshot transfers that run, to or from this node
 * @param sessions the client sessions
 * @param halted why the node stopped working, when it did; the other numbers are those of that moment
 */
public record NodeStatus(
        long clusterId,
        NodeId id,
        Role role,
        long term,
        Optional<NodeId> leader,
        LogId last,
        long commitIndex,
        long appliedIndex,
        LogId snapshot,
        LogId purged,
        long logBytes,
        Membership membership,
        long membershipIndex,
        boolean removed,
        SortedMap<NodeId, PeerStatus> peers,
        SortedSet<NodeId> alarms,
        Optional<String> quarantine,
        boolean rejoining,
        int proposalsInFlight,
        int readsInFlight,
        long droppedMessages,
        SortedMap<NodeId, Transfer> transfers,
        Sessions sessions,
        Optional<String> halted) {

    /**
     * The client sessions of the cluster, as of what is applied here.
     *
     * @param open how many there are
     * @param answerBytes the bytes of answers that this node keeps for them
     * @param repeated how many commands came again since this node started, and were not applied again
     */
    public record Sessions(int open, long answerBytes, long repeated) {}

    /**
     * The progress of a snapshot transfer.
     *
     * @param incoming true when this node receives
     * @param lastIncluded the snapshot
     * @param bytesDone how much has arrived
     * @param bytesTotal its size
     * @param bytesPerSecond the rate since the transfer began
     */
    public record Transfer(
            boolean incoming, LogId lastIncluded, long bytesDone, long bytesTotal, long bytesPerSecond) {}
}
