package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The counting of the leader, against the definition of a quorum. */
class QuorumTest {
    @Test
    void valueIsTheGreatestThatAQuorumHasReached() {
        for (long seed = 1; seed <= 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Membership membership = membership(random);
            List<Peer> members = new ArrayList<>();
            for (NodeId id : membership.members()) {
                Peer peer = new Peer(id, 1, 0);
                peer.matchIndex = random.nextInt(6);
                peer.confirmedRound = random.nextInt(6);
                peer.heardNanos = random.nextLong(20) - 10;
                members.add(peer);
            }
            Quorum quorum = new Quorum(membership, members);

            long reached = quorum.reached(Quorum.Measure.MATCH);

            assertThat(isQuorumAt(membership, members, reached))
                    .as("seed %s", seed)
                    .isTrue();
            assertThat(isQuorumAt(membership, members, reached + 1))
                    .as("seed %s", seed)
                    .isFalse();
        }
    }

    @Test
    void eachMeasureIsCountedByItself() {
        List<Peer> members = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Peer peer = new Peer(NodeId.of(i), 1, 0);
            peer.matchIndex = i;
            peer.confirmedRound = 10L * i;
            peer.heardNanos = -100L * i;
            members.add(peer);
        }
        Quorum quorum = new Quorum(Subject.membership(3), members);

        assertThat(quorum.reached(Quorum.Measure.MATCH)).isEqualTo(2);
        assertThat(quorum.reached(Quorum.Measure.ROUND)).isEqualTo(20);
        assertThat(quorum.reached(Quorum.Measure.HEARD)).isEqualTo(-200);
    }

    private static boolean isQuorumAt(Membership membership, List<Peer> members, long index) {
        TreeSet<NodeId> reached = new TreeSet<>();
        members.stream().filter(peer -> peer.matchIndex >= index).forEach(peer -> reached.add(peer.id));
        return membership.isQuorum(reached);
    }

    private static Membership membership(SplittableRandom random) {
        TreeSet<NodeId> voters = new TreeSet<>();
        TreeSet<NodeId> outgoing = new TreeSet<>();
        TreeSet<NodeId> learners = new TreeSet<>();
        TreeMap<NodeId, String> addresses = new TreeMap<>();
        boolean joint = random.nextBoolean();
        int members = 1 + random.nextInt(8);
        for (int i = 1; i <= members; i++) {
            NodeId id = NodeId.of(i);
            addresses.put(id, "");
            if (i == 1 || random.nextInt(3) > 0) {
                voters.add(id);
                if (joint && random.nextBoolean()) {
                    outgoing.add(id);
                }
            } else if (joint && random.nextBoolean()) {
                outgoing.add(id);
            } else {
                learners.add(id);
            }
        }
        return new Membership(voters, outgoing, learners, addresses);
    }
}
