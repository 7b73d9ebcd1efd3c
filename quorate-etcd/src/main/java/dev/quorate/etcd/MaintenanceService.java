package dev.quorate.etcd;

import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.etcd.wire.AlarmMember;
import dev.quorate.etcd.wire.AlarmType;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.SnapshotRequest;
import dev.quorate.etcd.wire.SnapshotResponse;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.etcd.wire.StatusResponse;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvClient;
import dev.quorate.kv.RangeRequest;
import dev.quorate.raft.NodeId;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** etcd's maintenance service, as far as there is something to maintain: status and snapshots. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    /** The level of the API, which clients compare to find out what they may ask. */
    static final String API_VERSION = "3.5.0";

    private final QuorateNode node;
    private final KvClient store;
    private final Headers headers;
    private final SnapshotStreams streams;

    MaintenanceService(QuorateNode node, KvClient store, Headers headers, SnapshotStreams streams) {
        this.node = node;
        this.store = store;
        this.headers = headers;
        this.streams = streams;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> answers) {
        Answer<StatusResponse> answer = new Answer<>(answers);
        var unused = revision().whenComplete((revision, failure) -> {
            // A node that cannot read its store still tells how it is.
            StatusResponse message;
            try {
                message = status(node.status(), failure == null ? revision : 0);
            } catch (RuntimeException stopped) {
                answer.refuse(stopped);
                return;
            }
            answer.send(message);
        });
    }

    private StatusResponse status(NodeStatus status, long revision) {
        StatusResponse.Builder message = StatusResponse.newBuilder()
                .setHeader(headers.of(status, revision))
                .setVersion(API_VERSION)
                .setDbSize(status.logBytes())
                .setDbSizeInUse(status.logBytes())
                .setLeader(status.leader().map(NodeId::value).orElse(0L))
                .setRaftIndex(status.commitIndex())
                .setRaftTerm(status.term())
                .setRaftAppliedIndex(status.appliedIndex())
                .setIsLearner(status.membership().learners().contains(status.id()));
        if (status.leader().isEmpty()) {
            message.addErrors(String.valueOf(Refusals.NO_LEADER.getDescription()));
        }
        for (NodeId alarmed : status.alarms()) {
            message.addErrors(alarm(alarmed));
        }
        status.quarantine().ifPresent(message::addErrors);
        return message.build();
    }

    private static String alarm(NodeId member) {
        AlarmMember alarm = AlarmMember.newBuilder()
                .setMemberID(member.value())
                .setAlarm(AlarmType.CORRUPT)
                .build();
        return "memberID:" + Long.toUnsignedString(alarm.getMemberID()) + " alarm:" + alarm.getAlarm() + " ";
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> answers) {
        streams.open((ServerCallStreamObserver<SnapshotResponse>) answers, this::revision);
    }

    /** The store's revision at this node, which reading any key tells. */
    private CompletableFuture<Long> revision() {
        RangeRequest anyKey = RangeRequest.of(KeyRange.of(KeyRange.ZERO)).withCountOnly();
        return store.range(anyKey, ReadConsistency.LOCAL).thenApply(response -> response.revision());
    }
}
