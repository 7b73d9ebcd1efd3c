package dev.quorate.raft;

import java.util.Optional;
import java.util.SortedMap;

/**
 * A picture of the core between two steps.
 *
 * @param leader the leader of {@code term}, when it is known
 * @param last the last entry of the log, durable or not
 * @param persistedIndex the last durable entry
 * @param commitIndex the last entry known to be committed
 * @param appliedIndex the last entry whose effects are visible
 * @param snapshot the newest durable snapshot
 * @param purged the position that the log begins after
 * @param membership the one in force, committed or not
 * @param membershipIndex the entry that brought it, 0 when none did
 * @param removed true when this node was a member and is none any more, as far as it knows
 * @param peers at the leader, what is known of each other member, those included that are being removed; else empty
 */
public record RaftStatus(
        NodeId self,
        Role role,
        long term,
        Optional<NodeId> votedFor,
        Optional<NodeId> leader,
        LogId last,
        long persistedIndex,
        long commitIndex,
        long appliedIndex,
        LogId snapshot,
        LogId purged,
        Membership membership,
        long membershipIndex,
        boolean removed,
        SortedMap<NodeId, PeerStatus> peers) {

    /**
     * What a leader knows of a peer.
     *
     * @param matchIndex the last index known to be durable and equal there
     * @param nextIndex the next index to send
     * @param mode how entries are sent to it at present
     * @param inFlightMessages messages with entries that are not answered yet
     * @param recentlyActive true when it answered within the last election timeout
     * @param caughtUp true when it lags by less than an election timeout, so that a learner may be promoted
     */
    public record PeerStatus(
            long matchIndex,
            long nextIndex,
            PeerMode mode,
            int inFlightMessages,
            boolean recentlyActive,
            boolean caughtUp) {}

    /** How a leader sends entries to a peer. */
    public enum PeerMode {
        /** One message at a time, until the place where the logs agree is found. */
        PROBE,
        /** A pipeline of messages. */
        REPLICATE,
        /** No entries: a snapshot is on its way. */
        SNAPSHOT
    }
}
