package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.grpc.Handshake.Reason;
import dev.quorate.grpc.Handshake.Versions;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.testkit.ManualClock;
import dev.quorate.testkit.PeerMessages;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is let in at a peer port, and who is not. */
final class HandshakeTest {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);
    private static final Metadata.Key<String> REFUSAL =
            Metadata.Key.of("quorate-refusal", Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    final LogLines log = new LogLines();

    private final Received received = new Received();
    private GrpcTransport transport;
    private ManagedChannel channel;

    /** How a call ended. */
    private record End(Status.Code code, String text, String reason) {}

    @BeforeEach
    void listen() throws IOException {
        transport = transport(0xC1, ONE, Versions.SPOKEN);
        transport.membershipChanged(Membership.NONE);
        transport.start(received);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port(transport))
                .usePlaintext()
                .directExecutor()
                .build();
    }

    @AfterEach
    void close() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        transport.close();
    }

    private static GrpcTransport transport(long cluster, NodeId self, Versions versions) throws IOException {
        return GrpcTransport.builder()
                .clusterId(cluster)
                .self(self)
                .versions(versions)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
    }

    private static int port(GrpcTransport transport) {
        return transport.boundAddresses().get(0).getPort();
    }

    private static Handshake handshake(long cluster, NodeId self, Versions versions) {
        return new Handshake(new NodeIdentity(cluster, self), versions);
    }

    private End call(MethodDescriptor<OutgoingBatch, IncomingBatch> method, Metadata headers) throws Exception {
        CompletableFuture<End> end = new CompletableFuture<>();
        ClientCall<OutgoingBatch, IncomingBatch> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        String reason = trailers.get(REFUSAL);
                        String text = status.getDescription();
                        end.complete(new End(status.getCode(), text == null ? "" : text, reason == null ? "" : reason));
                    }
                },
                headers);
        call.request(1);
        call.sendMessage(new OutgoingBatch().add(new FrameEncoder().encode(PeerMessages.heartbeat(1))));
        return end.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() throws Exception {
        End end = call(Lane.LOG.dialing(), handshake(0xC2, TWO, Versions.SPOKEN).call(ONE));
        assertThat(end)
                .isEqualTo(new End(Status.Code.PERMISSION_DENIED, "cluster c2 is not cluster c1", "OTHER_CLUSTER"));
        assertThat(received.messages()).isEmpty();
    }

    @Test
    void aHostThatIsRefusedIsNamedOnceWhateverItCallsItself() throws Exception {
        for (int number = 2; number < 5; number++) {
            Metadata headers =
                    handshake(0xC2, NodeId.of(number), Versions.SPOKEN).call(ONE);
            assertThat(call(Lane.LOG.dialing(), headers).reason()).isEqualTo("OTHER_CLUSTER");
        }
        assertThat(log.with("peer refused"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(" WARN ")
                        .contains("peer refused node=1 caller=2 from=/127.0.0.1:")
                        .contains("reason=OTHER_CLUSTER text=cluster c2 is not cluster c1"));
        call(Lane.LOG.dialing(), new Metadata());
        assertThat(log.with("peer refused")).as("another reason").hasSize(2);
    }

    @Test
    void whatAStrangerSendsCannotForgeALineOfTheLog() {
        Metadata headers = handshake(0xC2, TWO, Versions.SPOKEN).call(ONE);
        Metadata.Key<String> node = Metadata.Key.of("quorate-node", Metadata.ASCII_STRING_MARSHALLER);
        headers.removeAll(node);
        headers.put(node, "2\r\nWARN\u001b[0m\u007f");
        Handshake own = handshake(0xC1, ONE, Versions.SPOKEN);
        assertThat(own.judgeCall(headers))
                .hasValueSatisfying(refusal -> assertThat(refusal.who()).isEqualTo("2??WARN?[0m?"));
        Metadata.Key<String> cluster = Metadata.Key.of("quorate-cluster", Metadata.ASCII_STRING_MARSHALLER);
        headers.removeAll(cluster);
        headers.put(cluster, "c\n1");
        assertThat(own.judgeCall(headers))
                .hasValueSatisfying(refusal -> assertThat(refusal.text()).endsWith("quorate-cluster is 'c?1'"));
    }

    @Test
    void aCallForAnotherNodeIsRefused() throws Exception {
        End end = call(
                Lane.URGENT.dialing(), handshake(0xC1, TWO, Versions.SPOKEN).call(NodeId.of(3)));
        assertThat(end)
                .isEqualTo(new End(Status.Code.NOT_FOUND, "this is node 1 of cluster c1, not node 3", "STRANGER"));
    }

    @Test
    void aNodeThatSaysToBeThisOneIsRefused() throws Exception {
        End end = call(
                Lane.URGENT.dialing(), handshake(0xC1, ONE, Versions.SPOKEN).call(ONE));
        assertThat(end.reason()).isEqualTo("STRANGER");
    }

    @Test
    void anIncompatibleVersionIsRefused() throws Exception {
        End end = call(
                Lane.SNAPSHOT.dialing(),
                handshake(0xC1, TWO, new Versions(7, 9)).call(ONE));
        assertThat(end.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(end.reason()).isEqualTo("INCOMPATIBLE_VERSION");
        assertThat(end.text()).contains("versions 7-9").contains("speaks 1-1");
    }

    @Test
    void aCallWithoutAHandshakeIsRefused() throws Exception {
        End end = call(Lane.LOG.dialing(), new Metadata());
        assertThat(end.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(end.reason()).isEqualTo("NO_HANDSHAKE");
    }

    @Test
    void nothingElseCanBeCalledAtAPeerPort() throws Exception {
        MethodDescriptor<OutgoingBatch, IncomingBatch> range = Lane.LOG.dialing().toBuilder()
                .setFullMethodName("etcdserverpb.KV/Range")
                .build();
        End end = call(range, handshake(0xC1, TWO, Versions.SPOKEN).call(ONE));
        assertThat(end.code()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void theCallerJudgesWhatAnswersToo() {
        Handshake own = handshake(0xC1, ONE, Versions.SPOKEN);
        Metadata call = own.call(TWO);
        assertThat(own.judgeAnswer(TWO, handshake(0xC1, TWO, Versions.SPOKEN).answer(call)))
                .isEmpty();
        assertThat(own.judgeAnswer(
                        TWO, handshake(0xC1, NodeId.of(3), Versions.SPOKEN).answer(call)))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.STRANGER));
        assertThat(own.judgeAnswer(TWO, handshake(0xC2, TWO, Versions.SPOKEN).answer(call)))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.OTHER_CLUSTER));
        assertThat(own.judgeAnswer(TWO, new Metadata()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NO_HANDSHAKE));
    }

    @Test
    void overlappingVersionsGoTogether() {
        Metadata newer = handshake(0xC1, TWO, new Versions(1, 5)).call(ONE);
        assertThat(handshake(0xC1, ONE, new Versions(1, 2)).judgeCall(newer)).isEmpty();
        assertThat(handshake(0xC1, ONE, new Versions(5, 9)).judgeCall(newer)).isEmpty();
        assertThat(handshake(0xC1, ONE, new Versions(6, 9)).judgeCall(newer)).isPresent();
    }

    @Test
    void aNodeBehindAWrongAddressGetsNothing() throws Exception {
        Received other = new Received();
        try (GrpcTransport stranger = transport(0xC1, NodeId.of(3), Versions.SPOKEN)) {
            stranger.start(other);
            transport.membershipChanged(
                    Membership.ofVoters(Map.of(ONE, "", TWO, "http://127.0.0.1:" + port(stranger))));
            Cluster.until("refused", () -> {
                transport.send(TWO, PeerMessages.heartbeat(1));
                return transport.peerStatistics().get(0).messagesDropped() > 2;
            });
            assertThat(other.messages()).isEmpty();
            assertThat(transport.peerStatistics().get(0).connected()).isFalse();
        }
    }

    @Test
    void whatIsSaidOfAPeerIsNotSaidAgainBeforeAMinuteIsOver() {
        ManualClock clock = new ManualClock();
        Notices notices = new Notices(clock);
        assertThat(notices.isDue("refused 2")).isTrue();
        assertThat(notices.isDue("refused 2")).isFalse();
        assertThat(notices.isDue("refused 3")).isTrue();
        clock.advance(Duration.ofMinutes(1));
        assertThat(notices.isDue("refused 2")).isTrue();
    }

    @Test
    void aTransportThatLacksSomethingIsNotBuilt() {
        assertThatThrownBy(() -> GrpcTransport.builder().self(ONE).build()).hasMessageContaining("cluster id");
        assertThatThrownBy(() -> GrpcTransport.builder().clusterId(1).build()).hasMessageContaining("id of its node");
        assertThatThrownBy(() -> GrpcTransport.builder().clusterId(1).self(ONE).build())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("address to listen on");
        assertThatThrownBy(() -> GrpcTransport.builder()
                        .clusterId(1)
                        .self(ONE)
                        .listen(List.of(new InetSocketAddress(0)))
                        .build())
                .hasMessageContaining("plain text");
    }

    @Test
    void aTransportThatCannotBeMadeLeavesNoThreadBehind() {
        InetSocketAddress taken = transport.boundAddresses().get(0);
        InetSocketAddress odd = new InetSocketAddress(taken.getAddress(), taken.getPort()) {
            @Override
            public String toString() {
                if (threads("quorate-grpc-abc") > 0) {
                    throw new IllegalStateException("an address that cannot be told");
                }
                return "odd";
            }
        };
        assertThatThrownBy(() -> GrpcTransport.builder()
                        .clusterId(1)
                        .self(NodeId.of(0xABC))
                        .listen(List.of(odd))
                        .build())
                .isInstanceOf(IllegalStateException.class);
        // It has ended when the call returns, but for its last steps.
        Cluster.until("the thread to be gone", () -> threads("quorate-grpc-abc") == 0);
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    @Test
    void anAddressInUseIsNamed() {
        assertThatThrownBy(() -> GrpcTransport.builder()
                        .clusterId(1)
                        .self(ONE)
                        .listen(transport.boundAddresses())
                        .build())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(String.valueOf(port(transport)));
    }
}
