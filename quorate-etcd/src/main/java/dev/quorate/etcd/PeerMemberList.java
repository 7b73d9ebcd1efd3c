package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.etcd.wire.ClusterGrpc;
import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MemberListResponse;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * The list of members, for a server that was added and does not know its id yet: it knows the peer URLs of others and
 * nothing else, so this one call of etcd's cluster service is answered on the peer port. It reads and changes nothing.
 */
public final class PeerMemberList extends ClusterGrpc.ClusterImplBase {
    private volatile @Nullable QuorateNode node;

    /** Answers for this node from now on; calls before are sent away. */
    public void answerFor(QuorateNode itsNode) {
        node = itsNode;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> answers) {
        Answer<MemberListResponse> answer = new Answer<>(answers);
        QuorateNode present = node;
        if (present == null) {
            answer.refuse(Refusals.NO_LEADER);
            return;
        }
        // Linearizable, whatever was asked for: a list from before the change would send the new member away.
        var unused = present.read(ReadConsistency.LINEARIZABLE, () -> true).whenComplete((read, failure) -> {
            if (failure != null) {
                answer.refuse(failure);
                return;
            }
            var status = present.status();
            answer.send(MemberListResponse.newBuilder()
                    .setHeader(new Headers(present).of(status, 0))
                    .addAllMembers(Members.of(status.membership()))
                    .build());
        });
    }
}
