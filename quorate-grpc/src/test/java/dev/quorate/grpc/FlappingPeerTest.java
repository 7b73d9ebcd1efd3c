package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.testkit.PeerMessages;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A peer that answers the handshake and breaks the stream at once, again and again. */
final class FlappingPeerTest {
    private static final NodeId SELF = NodeId.of(1);
    private static final NodeId PEER = NodeId.of(2);

    private final List<Long> callsNanos = new CopyOnWriteArrayList<>();

    private ServerCall.Listener<IncomingBatch> answer(
            Lane lane, ServerCall<IncomingBatch, OutgoingBatch> call, Metadata headers) {
        if (lane == Lane.URGENT) {
            callsNanos.add(System.nanoTime());
        }
        Handshake handshake = new Handshake(new NodeIdentity(Cluster.ID, PEER), Handshake.Versions.SPOKEN);
        call.sendHeaders(handshake.answer(headers));
        call.close(Status.ABORTED, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private Server flapping() throws IOException {
        ServerServiceDefinition.Builder lanes = ServerServiceDefinition.builder(Lane.SERVICE);
        for (Lane lane : Lane.values()) {
            lanes.addMethod(lane.accepting(), (call, headers) -> answer(lane, call, headers));
        }
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(lanes.build())
                .build()
                .start();
    }

    @Test
    void itIsCalledLaterAndLater() throws IOException {
        Server server = flapping();
        try (GrpcTransport transport = GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(SELF)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build()) {
            transport.start(new Received());
            transport.membershipChanged(
                    Membership.ofVoters(Map.of(SELF, "", PEER, "http://127.0.0.1:" + server.getPort())));
            Cluster.until("called", () -> {
                transport.send(PEER, PeerMessages.heartbeat(1));
                return callsNanos.size() >= 7;
            });
            // The waits are at least 25, 50, 100, 200, 400 and 500 ms.
            assertThat(callsNanos.get(6) - callsNanos.get(0)).isGreaterThanOrEqualTo(1_200_000_000L);
        } finally {
            server.shutdownNow();
        }
    }
}
