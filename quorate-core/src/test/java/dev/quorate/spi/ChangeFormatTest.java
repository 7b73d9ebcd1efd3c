package dev.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChangeFormatTest {
    private static final NodeId A = NodeId.of(1);
    private static final NodeId B = NodeId.of(-2);

    static Stream<MembershipChange> changes() {
        return Stream.of(
                MembershipChange.addLearner(A, "größe:1"),
                MembershipChange.addVoter(A, ""),
                MembershipChange.promote(A),
                MembershipChange.demote(B),
                MembershipChange.remove(B),
                MembershipChange.replace(A, B, "b:2"),
                MembershipChange.replace(B, A, "a:1"),
                MembershipChange.updateAddress(A, "a:2"),
                MembershipChange.exchangeAddress(A, "a:1", "a:2"),
                MembershipChange.exchangeAddress(B, "", "größe:1"),
                MembershipChange.voters(Map.of(A, "a:1", B, "b:1")),
                MembershipChange.voters(Set.of(A, B)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void everyChangeSurvivesAndEveryCutOfItIsRefused(MembershipChange change) {
        Bytes whole = ChangeFormat.encode(change);
        assertThat(ChangeFormat.decode(whole)).isEqualTo(change);
        for (int length = 0; length < whole.length(); length++) {
            Bytes cut = whole.slice(0, length);
            assertThatIllegalArgumentException().isThrownBy(() -> ChangeFormat.decode(cut));
        }
        Bytes longer = Bytes.wrap(Arrays.copyOf(whole.toByteArray(), whole.length() + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> ChangeFormat.decode(longer));
    }

    @Test
    void unknownVersionsKindsAndAddressesOutOfBoundsAreRefused() {
        byte[] newer = ChangeFormat.encode(MembershipChange.promote(A)).toByteArray();
        newer[0] = 2;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChangeFormat.decode(Bytes.wrap(newer)))
                .withMessageContaining("version 2");
        byte[] stranger = ChangeFormat.encode(MembershipChange.promote(A)).toByteArray();
        stranger[1] = 77;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChangeFormat.decode(Bytes.wrap(stranger)))
                .withMessageContaining("77");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChangeFormat.encode(MembershipChange.addLearner(A, "x".repeat(1025))))
                .withMessageContaining("limit is 1024");
    }
}
