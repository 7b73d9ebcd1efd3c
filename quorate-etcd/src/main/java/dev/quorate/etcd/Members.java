package dev.quorate.etcd;

import dev.quorate.etcd.wire.Member;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import java.util.ArrayList;
import java.util.List;

/** The members of a cluster in etcd's words. */
final class Members {
    private Members() {}

    /** All members, in the order of their ids, as etcd lists them. */
    static List<Member> of(Membership membership) {
        List<Member> members = new ArrayList<>();
        for (NodeId id : membership.members()) {
            members.add(of(membership, id));
        }
        return members;
    }

    /** One of the members. */
    static Member of(Membership membership, NodeId id) {
        MemberAddress address = addressOf(membership, id);
        return Member.newBuilder()
                .setID(id.value())
                .setName(address.name())
                .addAllPeerURLs(address.peerUrls())
                .addAllClientURLs(address.clientUrls())
                .setIsLearner(membership.learners().contains(id))
                .build();
    }

    /** What the membership holds of a member; empty when it is not written as this server writes it. */
    static MemberAddress addressOf(Membership membership, NodeId id) {
        try {
            return MemberAddress.parse(membership.addresses().getOrDefault(id, ""));
        } catch (IllegalArgumentException ofAnotherTransport) {
            return MemberAddress.ofPeers(List.of());
        }
    }

    /** True when one of the members is reached at one of these URLs. */
    static boolean anyAt(Membership membership, List<String> peerUrls) {
        return membership.members().stream()
                .anyMatch(id -> addressOf(membership, id).peerUrls().stream().anyMatch(peerUrls::contains));
    }
}
