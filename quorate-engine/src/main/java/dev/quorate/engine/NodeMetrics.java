package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import java.util.SortedMap;

/**
 * What a node has done since it started and how long it took, for monitoring; {@link NodeStatus} tells where it is. The
 * numbers are read one after the other while the node runs. All times are of the node's own clock.
 *
 * @param proposals proposals of callers at this node, from the call to the moment their answer is known here; those
 *     that were sent on to the leader included
 * @param peerProposals proposals that other nodes sent on to this one as the leader, from their arrival
 * @param reads reads that had to wait, for the leader's confirmation or for the apply, from the call to the moment the
 *     state is fresh enough; those that were answered at once are not counted
 * @param logSyncs syncs of the log, of a batch of writes each
 * @param applies batches that the state machine applied, however many entries they had
 * @param appends at the leader, for each other member, messages with entries: from the moment the message is handed out
 *     to the answer that its entries are durable there
 * @param queues what waits at this moment
 * @param snapshots the snapshots of this node
 */
public record NodeMetrics(
        Requests proposals,
        Requests peerProposals,
        Requests reads,
        Histogram logSyncs,
        Histogram applies,
        SortedMap<NodeId, Histogram> appends,
        Queues queues,
        Snapshots snapshots) {

    /**
     * What became of the requests of one kind.
     *
     * @param answered those with a result, and how long it took
     * @param rejected how many had none, for every reason there is
     */
    public record Requests(Histogram answered, SortedMap<Rejection, Long> rejected) {}

    /**
     * What waits at this moment.
     *
     * @param proposalsRoom how many proposals may be under way at present, as far as their number is limited
     * @param peerMessages messages of peers that came in and were not looked at
     * @param peerMessagesBytes the bytes of entries, chunks and commands in them
     * @param forwarded proposals that were sent on to the leader and are not answered
     * @param waiters those who wait for an index to be applied
     */
    public record Queues(int proposalsRoom, int peerMessages, long peerMessagesBytes, int forwarded, int waiters) {}

    /**
     * The snapshots of this node.
     *
     * @param making true while one is being made
     * @param makingBytes how much of it is written
     * @param made how many were made
     * @param failed how many could not be made
     * @param installed how many came from a leader and took the place of the state
     */
    public record Snapshots(boolean making, long makingBytes, long made, long failed, long installed) {}
}
