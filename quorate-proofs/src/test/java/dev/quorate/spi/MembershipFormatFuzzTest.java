package dev.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class MembershipFormatFuzzTest {
    @FuzzTest
    void anyBytesAreAMembershipOrRefused(byte[] bytes) {
        Membership membership;
        try {
            membership = MembershipFormat.decode(Bytes.copyOf(bytes));
        } catch (IllegalArgumentException refused) {
            return;
        }
        Bytes encoded = MembershipFormat.encode(membership);
        assertThat(MembershipFormat.decode(encoded)).isEqualTo(membership);
        assertThat(MembershipFormat.encode(MembershipFormat.decode(encoded))).isEqualTo(encoded);
    }

    @Test
    void almostRightBytesToo() {
        TreeMap<NodeId, String> addresses = new TreeMap<>();
        addresses.put(NodeId.of(1), "127.0.0.1:7000");
        addresses.put(NodeId.of(2), "näme.example:7000");
        addresses.put(NodeId.of(3), "c:1");
        Membership joint = new Membership(nodes(1, 2), nodes(2, 3), nodes(), addresses);
        Membership learning = new Membership(nodes(1), nodes(), nodes(2, 3), addresses);
        List<byte[]> seeds = List.of(
                MembershipFormat.encode(joint).toByteArray(),
                MembershipFormat.encode(learning).toByteArray());
        Mutations.forEach(seeds, 20_000, this::anyBytesAreAMembershipOrRefused);
    }

    private static SortedSet<NodeId> nodes(long... ids) {
        TreeSet<NodeId> nodes = new TreeSet<>();
        for (long id : ids) {
            nodes.add(NodeId.of(id));
        }
        return nodes;
    }
}
