package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.ClusterGrpc;
import dev.quorate.etcd.wire.MemberAddRequest;
import dev.quorate.etcd.wire.MemberAddResponse;
import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MemberListResponse;
import dev.quorate.etcd.wire.MemberPromoteRequest;
import dev.quorate.etcd.wire.MemberPromoteResponse;
import dev.quorate.etcd.wire.MemberRemoveRequest;
import dev.quorate.etcd.wire.MemberRemoveResponse;
import dev.quorate.etcd.wire.MemberUpdateRequest;
import dev.quorate.etcd.wire.MemberUpdateResponse;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * etcd's cluster service: who belongs to the cluster. Every member takes every call; one that does not lead sends the
 * change on to the leader.
 *
 * <p>A member that is added is a learner first, whatever was asked for: an operator starts its server only after that,
 * and a voter that is not there yet would cost the cluster a failure that it could otherwise stand. One that was added
 * as a voter gets its vote by itself when it has caught up ({@link MemberAddress#voteDue}).
 */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final QuorateNode node;
    private final Headers headers;
    private final MembershipChanges changes;
    private final SecureRandom random = new SecureRandom();

    ClusterService(QuorateNode node, Headers headers, ScheduledExecutorService timer) {
        this.node = node;
        this.headers = headers;
        this.changes = new MembershipChanges(node, timer);
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> answers) {
        Answer<MemberListResponse> answer = new Answer<>(answers);
        CompletableFuture<Membership> members = request.getLinearizable()
                ? changes.current()
                : CompletableFuture.completedFuture(node.status().membership());
        send(
                answer,
                members,
                (header, membership) -> MemberListResponse.newBuilder()
                        .setHeader(header)
                        .addAllMembers(Members.of(membership))
                        .build());
    }

    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> answers) {
        Answer<MemberAddResponse> answer = new Answer<>(answers);
        current(answer, now -> add(request, now, answer));
    }

    private void add(MemberAddRequest request, Membership now, Answer<MemberAddResponse> answer) {
        List<String> urls = request.getPeerURLsList();
        if (!areUrls(urls)) {
            answer.refuse(Refusals.BAD_URLS);
        } else if (Members.anyAt(now, urls)) {
            answer.refuse(Refusals.PEER_URL_EXISTS);
        } else {
            NodeId id = freshId(now);
            MemberAddress address = MemberAddress.ofPeers(urls).withVoteDue(!request.getIsLearner());
            send(
                    answer,
                    changes.make(MembershipChange.addLearner(id, address.text())),
                    (header, membership) -> MemberAddResponse.newBuilder()
                            .setHeader(header)
                            .setMember(Members.of(membership, id))
                            .addAllMembers(Members.of(membership))
                            .build());
        }
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> answers) {
        Answer<MemberRemoveResponse> answer = new Answer<>(answers);
        current(answer, now -> remove(request, now, answer));
    }

    private void remove(MemberRemoveRequest request, Membership now, Answer<MemberRemoveResponse> answer) {
        if (!isMember(now, request.getID())) {
            answer.refuse(Refusals.MEMBER_NOT_FOUND);
        } else if (now.voters().equals(new TreeSet<>(List.of(NodeId.of(request.getID()))))) {
            answer.refuse(Refusals.NOT_ENOUGH_STARTED);
        } else {
            send(
                    answer,
                    changes.make(MembershipChange.remove(NodeId.of(request.getID()))),
                    (header, membership) -> MemberRemoveResponse.newBuilder()
                            .setHeader(header)
                            .addAllMembers(Members.of(membership))
                            .build());
        }
    }

    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> answers) {
        Answer<MemberUpdateResponse> answer = new Answer<>(answers);
        current(answer, now -> update(request, now, answer));
    }

    private void update(MemberUpdateRequest request, Membership now, Answer<MemberUpdateResponse> answer) {
        List<String> urls = request.getPeerURLsList();
        if (!areUrls(urls)) {
            answer.refuse(Refusals.BAD_URLS);
        } else if (!isMember(now, request.getID())) {
            answer.refuse(Refusals.MEMBER_NOT_FOUND);
        } else if (othersAt(now, NodeId.of(request.getID()), urls)) {
            answer.refuse(Refusals.PEER_URL_EXISTS);
        } else {
            NodeId id = NodeId.of(request.getID());
            String address = Members.addressOf(now, id).withPeerUrls(urls).text();
            String known = now.addresses().getOrDefault(id, "");
            send(
                    answer,
                    changes.make(MembershipChange.exchangeAddress(id, known, address)),
                    (header, membership) -> MemberUpdateResponse.newBuilder()
                            .setHeader(header)
                            .addAllMembers(Members.of(membership))
                            .build());
        }
    }

    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> answers) {
        Answer<MemberPromoteResponse> answer = new Answer<>(answers);
        current(answer, now -> promote(request, now, answer));
    }

    private void promote(MemberPromoteRequest request, Membership now, Answer<MemberPromoteResponse> answer) {
        if (!isMember(now, request.getID())) {
            answer.refuse(Refusals.MEMBER_NOT_FOUND);
        } else if (!now.learners().contains(NodeId.of(request.getID()))) {
            answer.refuse(Refusals.NOT_LEARNER);
        } else {
            send(
                    answer,
                    changes.make(MembershipChange.promote(NodeId.of(request.getID()))),
                    (header, membership) -> MemberPromoteResponse.newBuilder()
                            .setHeader(header)
                            .addAllMembers(Members.of(membership))
                            .build());
        }
    }

    /** Judges a request by the membership as it is now; refused when that cannot be had, nothing has happened then. */
    private void current(Answer<?> answer, Consumer<Membership> judge) {
        var unused = changes.current().whenComplete((now, failure) -> {
            if (failure != null) {
                answer.refuse(failure);
                return;
            }
            try {
                judge.accept(now);
            } catch (RuntimeException bug) {
                answer.refuse(bug);
            }
        });
    }

    private <W> void send(
            Answer<W> answer,
            CompletableFuture<Membership> result,
            BiFunction<ResponseHeader, Membership, W> translate) {
        var unused = result.whenComplete((membership, failure) -> {
            if (failure != null) {
                answer.refuse(failure);
                return;
            }
            W message;
            try {
                // As with etcd, an answer about members says nothing of the store's revision.
                message = translate.apply(headers.of(node.status(), 0), membership);
            } catch (RuntimeException bug) {
                answer.refuse(bug);
                return;
            }
            answer.send(message);
        });
    }

    private NodeId freshId(Membership now) {
        while (true) {
            long id = random.nextLong();
            if (id != 0 && !now.contains(NodeId.of(id))) {
                return NodeId.of(id);
            }
        }
    }

    private static boolean isMember(Membership membership, long id) {
        return id != 0 && membership.contains(NodeId.of(id));
    }

    private static boolean othersAt(Membership now, NodeId self, List<String> urls) {
        return now.members().stream()
                .filter(id -> !id.equals(self))
                .anyMatch(id -> Members.addressOf(now, id).peerUrls().stream().anyMatch(urls::contains));
    }

    private static boolean areUrls(List<String> urls) {
        try {
            urls.forEach(MemberAddress::requireUrl);
        } catch (IllegalArgumentException bad) {
            return false;
        }
        int bytes = String.join(",", urls).length();
        return !urls.isEmpty() && bytes <= MemberAddress.BYTES_MAX / 2;
    }
}
