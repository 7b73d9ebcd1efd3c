package dev.quorate.etcd;

import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.NodeStatusRequest;
import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.etcd.wire.OperatorGrpc;
import dev.quorate.etcd.wire.PeerProgress;
import dev.quorate.raft.NodeId;
import io.grpc.stub.StreamObserver;
import java.util.Locale;

/** Our own service beside etcd's: the numbers of a node that etcd's status has no field for. */
final class OperatorService extends OperatorGrpc.OperatorImplBase {
    private final QuorateNode node;

    OperatorService(QuorateNode node) {
        this.node = node;
    }

    @Override
    public void nodeStatus(NodeStatusRequest request, StreamObserver<NodeStatusResponse> answers) {
        new Answer<>(answers).send(message(node.status()));
    }

    private static NodeStatusResponse message(NodeStatus status) {
        boolean learner = status.membership().learners().contains(status.id());
        String version = OperatorService.class.getPackage().getImplementationVersion();
        NodeStatusResponse.Builder message = NodeStatusResponse.newBuilder()
                .setClusterId(status.clusterId())
                .setNodeId(status.id().value())
                .setName(Members.addressOf(status.membership(), status.id()).name())
                .setRole(learner ? "learner" : status.role().name().toLowerCase(Locale.ROOT))
                .setTerm(status.term())
                .setLeader(status.leader().map(NodeId::value).orElse(0L))
                .setLastIndex(status.last().index())
                .setCommitIndex(status.commitIndex())
                .setAppliedIndex(status.appliedIndex())
                .setSnapshotIndex(status.snapshot().index())
                .setPurgedIndex(status.purged().index())
                .setLogBytes(status.logBytes())
                .setVersion(version == null ? "" : version)
                .setLearner(learner)
                .setRejoining(status.rejoining())
                .setProposalsInFlight(status.proposalsInFlight())
                .setReadsInFlight(status.readsInFlight())
                .setDroppedMessages(status.droppedMessages());
        status.alarms().forEach(alarmed -> message.addAlarms("CORRUPT at " + alarmed));
        status.quarantine().ifPresent(message::addAlarms);
        status.halted().ifPresent(message::addAlarms);
        status.peers()
                .forEach((peer, progress) -> message.addPeers(PeerProgress.newBuilder()
                        .setNodeId(peer.value())
                        .setMatchIndex(progress.matchIndex())
                        .setActive(progress.recentlyActive())
                        .setCaughtUp(progress.caughtUp())
                        .setMode(progress.mode().name().toLowerCase(Locale.ROOT))));
        return message.build();
    }
}
