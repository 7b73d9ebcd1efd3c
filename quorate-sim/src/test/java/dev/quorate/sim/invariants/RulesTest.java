package dev.quorate.sim.invariants;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import org.junit.jupiter.api.Test;

final class RulesTest {
    private final Rules rules = new Rules(new Court(), Membership.ofVoters(NodeId.of(1)));
    private final NodeRecord node = rules.node(NodeId.of(1), () -> 0);

    @Test
    void damageOfADiskToWhichNothingHappenedIsAMistake() {
        assertThatThrownBy(() -> rules.repairs(node))
                .isInstanceOf(BrokenInvariantException.class)
                .hasMessageContaining("nothing happened to");
        rules.started(node, 1, 0);
        rules.damaged(node);
        assertThatCode(() -> rules.repairs(node)).doesNotThrowAnyException();
    }

    @Test
    void aPartThatCannotBeReadIsACauseUntilTheNextStart() {
        rules.unreadable(node);
        assertThatCode(() -> rules.repairs(node)).doesNotThrowAnyException();
        rules.started(node, 1, 0);
        assertThatThrownBy(() -> rules.repairs(node)).isInstanceOf(BrokenInvariantException.class);
    }
}
