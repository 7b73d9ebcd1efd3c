package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import dev.quorate.testkit.TransportContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InProcessNetworkContractTest extends TransportContract {
    private final InProcessNetwork network = new InProcessNetwork();
    private int addresses;

    @Override
    protected Place place(NodeId self) {
        String address = "address " + ++addresses;
        return new Place(network.transport(self, address), address);
    }

    @Override
    protected String deadAddress() {
        return "nowhere";
    }

    /** What nobody could have received comes back to its sender; what was received does not. */
    @Test
    void whatHasNowhereToGoComesBack() {
        List<String> told = new ArrayList<>();
        PeerMessage message = new PeerMessage.Protocol(new Message.TimeoutNow(1), List.of());
        try (Transport one = network.transport(ONE);
                Transport two = network.transport(TWO)) {
            one.start(new Noting("one", told));
            one.send(TWO, message);
            two.start(new Noting("two", told));
            network.cut(ONE, TWO);
            one.send(TWO, message);
            network.heal(ONE, TWO);
            one.send(TWO, message);
        }
        assertThat(told).containsExactly("one returned from 2", "one returned from 2", "two received from 1");
    }

    private record Noting(String name, List<String> told) implements Transport.Receiver {
        @Override
        public void received(NodeId from, PeerMessage message) {
            told.add(name + " received from " + from);
        }

        @Override
        public void notSent(NodeId to, PeerMessage message) {
            told.add(name + " returned from " + to);
        }
    }
}
