package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quorate.engine.NodeOptions;
import dev.quorate.etcd.wire.AuthGrpc;
import dev.quorate.etcd.wire.AuthStatusRequest;
import dev.quorate.etcd.wire.DowngradeRequest;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.LeaseGrantRequest;
import dev.quorate.etcd.wire.LeaseGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.NodeId;
import dev.quorate.testkit.MemoryStorage;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class EtcdServerTest {
    private static final NodeId ABSENT = NodeId.of(2);

    @Test
    void whatIsNotThereYetIsUnimplemented() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            unimplemented(() -> LeaseGrpc.newBlockingStub(etcd.channel())
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5).build()));
            unimplemented(
                    () -> AuthGrpc.newBlockingStub(etcd.channel()).authStatus(AuthStatusRequest.getDefaultInstance()));
            unimplemented(() -> etcd.maintenance().downgrade(DowngradeRequest.getDefaultInstance()));
        }
    }

    private static void unimplemented(ThrowingCallable call) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refused).isNotNull();
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED);
    }

    @Test
    void aCallThatAsksForALeaderIsRefusedWithoutOne() throws IOException {
        Metadata asks = new Metadata();
        asks.put(LeaderRequired.HAS_LEADER, "true");
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(bytes("a"))
                .setSerializable(true)
                .build();
        try (EtcdFixture etcd =
                EtcdFixture.start(new MemoryStorage(), NodeOptions.DEFAULTS, EtcdFixture.NODE, ABSENT)) {
            var kv = KVGrpc.newBlockingStub(
                    ClientInterceptors.intercept(etcd.channel(), MetadataUtils.newAttachHeadersInterceptor(asks)));
            Refused.with(Code.UNAVAILABLE, "no leader", () -> kv.range(request));
            assertThat(etcd.kv().range(request).hasHeader()).isTrue();
        }
        try (EtcdFixture etcd = EtcdFixture.start()) {
            var kv = KVGrpc.newBlockingStub(
                    ClientInterceptors.intercept(etcd.channel(), MetadataUtils.newAttachHeadersInterceptor(asks)));
            assertThat(kv.range(request).hasHeader()).isTrue();
        }
    }

    @Test
    void aNodeThatHasBeenClosedSaysThatItStopped() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            etcd.node().close();
            PutRequest put = PutRequest.newBuilder().setKey(bytes("a")).build();
            Refused.with(Code.UNAVAILABLE, "server stopped", () -> etcd.kv().put(put));
        }
    }

    @Test
    void anAddressThatIsTakenIsOneClearLine() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            InetSocketAddress taken = etcd.server().addresses().get(0);
            EmbeddedKv store = EmbeddedKv.on(etcd.node(), new KvStateMachine());
            assertThatThrownBy(() -> EtcdServer.start(etcd.node(), store, List.of(taken), EtcdServerOptions.DEFAULTS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on ")
                    .hasMessageContaining(":" + taken.getPort())
                    .hasMessageContaining("in use")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aServerMayListenOnSeveralAddressesAndGivesThemBack() throws IOException {
        InetSocketAddress first;
        InetSocketAddress second;
        try (EtcdFixture etcd = EtcdFixture.start()) {
            EmbeddedKv store = EmbeddedKv.on(etcd.node(), new KvStateMachine());
            try (EtcdServer server = EtcdServer.start(
                    etcd.node(),
                    store,
                    List.of(EtcdFixture.anyPort(), EtcdFixture.anyPort()),
                    EtcdServerOptions.DEFAULTS)) {
                first = server.addresses().get(0);
                second = server.addresses().get(1);
                assertThat(first.getPort()).isPositive().isNotEqualTo(second.getPort());
                assertThatThrownBy(() -> bind(second)).isInstanceOf(IOException.class);
            }
        }
        bind(first);
        bind(second);
    }

    private static void bind(InetSocketAddress address) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
        }
    }
}
