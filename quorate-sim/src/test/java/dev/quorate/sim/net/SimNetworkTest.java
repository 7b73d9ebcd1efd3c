package dev.quorate.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimNetworkTest {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);
    private static final PeerMessage REQUEST =
            new PeerMessage.ForwardedProposal(1, 1, 1, EntryKind.COMMAND, Bytes.utf8("put"));
    private static final PeerMessage PROTOCOL = new PeerMessage.Protocol(new Message.TimeoutNow(1), List.of());
    private static final int MESSAGES = 200;
    private static final long SECOND = 1_000_000_000L;

    private final Schedule schedule = new Schedule();
    private final List<PeerMessage> arrived = new ArrayList<>();
    private final SimNetwork network = new SimNetwork(
            schedule,
            new Chance(1),
            new Probes(),
            NetworkTraits.GOOD,
            List.of(ONE, TWO),
            (from, to, message) -> arrived.add(message));

    private int returned(PeerMessage message) {
        int returned = 0;
        for (int i = 0; i < MESSAGES; i++) {
            returned += network.send(ONE, TWO, message) ? 0 : 1;
        }
        return returned;
    }

    private void arrive() {
        long until = schedule.nowNanos() + SECOND;
        while (schedule.next(until)) {
            // Until nothing is under way.
        }
    }

    /** What returned never arrives, and some losses are never told: a sender cannot know. */
    @Test
    void someRequestsThatMeetACutComeBackAndNoneOfThemArrives() {
        network.cut(ONE, TWO);
        assertThat(returned(REQUEST)).isBetween(MESSAGES / 4, MESSAGES * 3 / 4);
        assertThat(returned(PROTOCOL)).as("nobody asks for these").isZero();
        network.heal(ONE, TWO);
        arrive();
        assertThat(arrived).isEmpty();
    }

    @Test
    void whatIsUnderWayWhenALinkIsCutDoesNotComeBack() {
        assertThat(returned(REQUEST)).isZero();
        network.cut(ONE, TWO);
        arrive();
        assertThat(arrived).isEmpty();
    }

    @Test
    void aTrapSpringsOnceBehindTheMessageThatItWaitsFor() {
        List<Integer> sprungBehind = new ArrayList<>();
        network.onNext(ONE, PROTOCOL::equals, () -> sprungBehind.add(arrived.size()));
        network.send(ONE, TWO, REQUEST);
        network.send(TWO, ONE, PROTOCOL);
        arrive();
        assertThat(sprungBehind).isEmpty();
        network.send(ONE, TWO, PROTOCOL);
        network.send(ONE, TWO, PROTOCOL);
        arrive();
        assertThat(sprungBehind).as("it was sent, and is on its way").containsExactly(2);
        assertThat(arrived).hasSize(4);
    }
}
