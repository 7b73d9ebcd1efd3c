package dev.quorate.etcd;

import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.etcd.wire.AlarmMember;
import dev.quorate.etcd.wire.AlarmRequest;
import dev.quorate.etcd.wire.AlarmResponse;
import dev.quorate.etcd.wire.AlarmType;
import dev.quorate.etcd.wire.DefragmentRequest;
import dev.quorate.etcd.wire.DefragmentResponse;
import dev.quorate.etcd.wire.HashKVRequest;
import dev.quorate.etcd.wire.HashKVResponse;
import dev.quorate.etcd.wire.HashRequest;
import dev.quorate.etcd.wire.HashResponse;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.MoveLeaderRequest;
import dev.quorate.etcd.wire.MoveLeaderResponse;
import dev.quorate.etcd.wire.SnapshotRequest;
import dev.quorate.etcd.wire.SnapshotResponse;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.etcd.wire.StatusResponse;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvClient;
import dev.quorate.kv.RangeRequest;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** etcd's maintenance service, as far as there is something to maintain. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    /** The level of the API, which clients compare to find out what they may ask. */
    static final String API_VERSION = "3.5.0";

    private final QuorateNode node;
    private final KvClient store;
    private final Headers headers;
    private final SnapshotStreams streams;
    private final StoreHashes hashes;

    MaintenanceService(QuorateNode node, KvClient store, Headers headers, SnapshotStreams streams) {
        this.node = node;
        this.store = store;
        this.headers = headers;
        this.streams = streams;
        this.hashes = new StoreHashes(store);
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

    /**
     * Lists the alarms. They are raised by the nodes themselves, and a replica whose state is not the cluster's does
     * not become right by switching its alarm off: nothing else is offered.
     */
    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> answers) {
        Answer<AlarmResponse> answer = new Answer<>(answers);
        NodeStatus status = node.status();
        if (request.getAction() != AlarmRequest.AlarmAction.GET) {
            answer.refuse(Refusals.NOT_CAPABLE);
            return;
        }
        AlarmResponse.Builder message = AlarmResponse.newBuilder().setHeader(headers.of(status, 0));
        boolean asked = request.getAlarm() == AlarmType.NONE || request.getAlarm() == AlarmType.CORRUPT;
        for (NodeId alarmed : status.alarms()) {
            if (asked && (request.getMemberID() == 0 || request.getMemberID() == alarmed.value())) {
                message.addAlarms(
                        AlarmMember.newBuilder().setMemberID(alarmed.value()).setAlarm(AlarmType.CORRUPT));
            }
        }
        answer.send(message.build());
    }

    /** Hands the leadership over; at the leader alone, as with etcd, whose clients look for it themselves. */
    @Override
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> answers) {
        Answer<MoveLeaderResponse> answer = new Answer<>(answers);
        NodeStatus status = node.status();
        if (status.role() != Role.LEADER) {
            answer.refuse(Refusals.NOT_LEADER);
            return;
        }
        long target = request.getTargetID();
        if (target == 0 || !status.membership().voters().contains(NodeId.of(target))) {
            answer.refuse(Refusals.BAD_TRANSFEREE);
            return;
        }
        var unused = node.transferLeadership(NodeId.of(target)).whenComplete((leader, failure) -> {
            if (failure != null) {
                answer.refuse(failure);
            } else {
                answer.send(MoveLeaderResponse.newBuilder()
                        .setHeader(headers.of(node.status(), 0))
                        .build());
            }
        });
    }

    /**
     * Nothing to do: the store is in memory, where freed space is used again, and the files of the log are used again
     * as they are.
     */
    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> answers) {
        new Answer<>(answers)
                .send(DefragmentResponse.newBuilder()
                        .setHeader(headers.of(node.status(), 0))
                        .build());
    }

    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> answers) {
        Answer<HashResponse> answer = new Answer<>(answers);
        var unused = hashes.at(0).whenComplete((hash, failure) -> {
            if (failure != null) {
                answer.refuse(failure);
            } else {
                answer.send(HashResponse.newBuilder()
                        .setHeader(headers.at(hash.revision()))
                        .setHash(hash.hash())
                        .build());
            }
        });
    }

    /** The hash of what can be read at a revision: members that hold the same there answer the same. */
    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> answers) {
        Answer<HashKVResponse> answer = new Answer<>(answers);
        var unused = hashes.at(request.getRevision()).whenComplete((hash, failure) -> {
            if (failure != null) {
                answer.refuse(failure);
            } else {
                answer.send(HashKVResponse.newBuilder()
                        .setHeader(headers.at(hash.now()))
                        .setHash(hash.hash())
                        .setHashRevision(hash.revision())
                        .setCompactRevision(hash.compacted())
                        .build());
            }
        });
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
