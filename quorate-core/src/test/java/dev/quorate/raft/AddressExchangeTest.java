package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node's address for the one that whoever asks has seen. */
final class AddressExchangeTest {
    private static final NodeId A = NodeId.of(1);
    private static final NodeId B = NodeId.of(2);
    private static final Membership NOW = Membership.ofVoters(Map.of(A, "a:1", B, "b:1"));

    @Test
    void takesTheNewAddressForTheExpectedOne() {
        Membership next = MembershipChange.exchangeAddress(B, "b:1", "b:2").target(NOW);
        assertThat(next).isEqualTo(Membership.ofVoters(Map.of(A, "a:1", B, "b:2")));
    }

    @Test
    void doesNothingTheSecondTime() {
        assertThat(MembershipChange.exchangeAddress(B, "b:0", "b:1").target(NOW))
                .isEqualTo(NOW);
    }

    @Test
    void isRefusedWhenSomebodyElseChangedTheAddress() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> MembershipChange.exchangeAddress(B, "b:0", "b:2").target(NOW))
                .withMessageContaining("'b:1'")
                .withMessageContaining("'b:0'");
    }

    @Test
    void isRefusedForAStranger() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipChange.exchangeAddress(NodeId.of(9), "", "c:1")
                        .target(NOW))
                .withMessageContaining("not a member");
    }
}
