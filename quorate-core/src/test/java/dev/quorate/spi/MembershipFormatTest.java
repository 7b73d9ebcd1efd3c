package dev.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class MembershipFormatTest {
    private static final NodeId A = NodeId.of(1);
    private static final NodeId B = NodeId.of(-2);
    private static final NodeId C = NodeId.of(3);

    private static final Membership JOINT = new Membership(
            new TreeSet<>(List.of(A, B)),
            new TreeSet<>(List.of(A)),
            new TreeSet<>(List.of(C)),
            new TreeMap<>(Map.of(A, "a:1", B, "", C, "größe:3")));

    @Test
    void everyPartSurvives() {
        assertThat(MembershipFormat.decode(MembershipFormat.encode(JOINT))).isEqualTo(JOINT);
        Membership plain = Membership.ofVoters(A, B, C);
        assertThat(MembershipFormat.decode(MembershipFormat.encode(plain))).isEqualTo(plain);
    }

    @Test
    void everyCutIsRefused() {
        Bytes whole = MembershipFormat.encode(JOINT);
        for (int length = 0; length < whole.length(); length++) {
            Bytes cut = whole.slice(0, length);
            assertThatIllegalArgumentException().isThrownBy(() -> MembershipFormat.decode(cut));
        }
    }

    @Test
    void bytesBehindTheEndAndUnknownVersionsAreRefused() {
        byte[] longer = Arrays.copyOf(
                MembershipFormat.encode(JOINT).toByteArray(),
                MembershipFormat.encode(JOINT).length() + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipFormat.decode(Bytes.wrap(longer)))
                .withMessageContaining("1 bytes behind");
        byte[] newer = MembershipFormat.encode(JOINT).toByteArray();
        newer[0] = 2;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipFormat.decode(Bytes.wrap(newer)))
                .withMessageContaining("version 2");
    }
}
