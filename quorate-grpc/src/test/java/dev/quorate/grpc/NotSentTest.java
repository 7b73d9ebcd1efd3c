package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import dev.quorate.testkit.PeerMessages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What the transport says of messages that it could not hand to anybody. */
final class NotSentTest {
    private static final NodeId SELF = NodeId.of(1);
    private static final NodeId AWAY = NodeId.of(2);

    /** Keeps what came back. */
    private static final class Returned implements Transport.Receiver {
        final List<PeerMessage> messages = new CopyOnWriteArrayList<>();

        @Override
        public void received(NodeId from, PeerMessage message) {
            throw new AssertionError("nobody is there to send " + message);
        }

        @Override
        public void notSent(NodeId to, PeerMessage message) {
            messages.add(message);
        }
    }

    @Test
    void aMessageToSomebodyWhoIsNotThereComesBackOnce() throws IOException {
        Returned returned = new Returned();
        try (GrpcTransport transport = GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(SELF)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build()) {
            transport.membershipChanged(Membership.ofVoters(
                    Map.of(SELF, "http://127.0.0.1:1", AWAY, "http://127.0.0.1:" + Cluster.freePort())));
            transport.start(returned);
            PeerMessage first = PeerMessages.heartbeat(1);
            PeerMessage second = PeerMessages.append(0, 1, 10);
            transport.send(AWAY, first);
            transport.send(AWAY, second);
            Cluster.until("both came back", () -> returned.messages.size() >= 2);
            PeerMessage third = PeerMessages.heartbeat(3);
            transport.send(NodeId.of(3), third);
            assertThat(returned.messages).containsExactlyInAnyOrder(first, second, third);
        }
    }
}
