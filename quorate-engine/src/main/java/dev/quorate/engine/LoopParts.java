package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.Transport;

/**
 * All that LOOP works with, besides the core: what it owns, and whom it talks to.
 *
 * @param intake proposals on their way into the core
 * @param reads reads on their way through the core
 * @param installs received snapshots on their way through the core
 * @param incoming snapshot streams that come in
 * @param senders snapshot transfers that go out
 * @param lanes entries on their way to peers
 * @param trigger when a snapshot is due
 * @param purges purges of this node's log
 * @param coordinator purges of the cluster's logs
 * @param changes changes of membership and leader on their way through the core
 * @param forwarding what was sent on to the leader
 * @param forwarded what others sent on to this node
 * @param leaders those who wait for a leader
 * @param roundTrips how long messages with entries take
 * @param rejoin what the disk lost, until the node is whole
 */
record LoopParts(
        NodeId self,
        NodeView view,
        DutyCycle loop,
        DutyCycle log,
        DutyCycle apply,
        StateMachineHandler handler,
        Transport transport,
        Arrivals arrivals,
        EntryCache cache,
        ClusterTime time,
        ProposalIntake intake,
        PendingReads reads,
        SnapshotInstalls installs,
        IncomingSnapshots incoming,
        SnapshotSenders senders,
        PeerLanes lanes,
        SnapshotTrigger trigger,
        LogPurges purges,
        PurgeCoordinator coordinator,
        PendingChanges changes,
        Forwarding forwarding,
        ForwardedArrivals forwarded,
        LeaderWaiters leaders,
        RoundTrips roundTrips,
        RejoinWatch rejoin) {}
