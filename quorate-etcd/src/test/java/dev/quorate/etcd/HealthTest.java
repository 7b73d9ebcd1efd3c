package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quorate.engine.NodeOptions;
import dev.quorate.raft.NodeId;
import dev.quorate.testkit.MemoryStorage;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Readiness means that linearizable reads are answered. */
final class HealthTest {
    private static final NodeId ABSENT = NodeId.of(2);

    @Test
    void aNodeThatLeadsServes() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            assertThat(check(etcd, "")).isEqualTo(ServingStatus.SERVING);
            assertThat(check(etcd, "etcdserverpb.KV")).isEqualTo(ServingStatus.SERVING);
            assertThat(watch(etcd, "").next().getStatus()).isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void aNodeWithoutAQuorumDoesNotServe() throws IOException {
        try (EtcdFixture etcd =
                EtcdFixture.start(new MemoryStorage(), NodeOptions.DEFAULTS, EtcdFixture.NODE, ABSENT)) {
            assertThat(check(etcd, "")).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(watch(etcd, "").next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void aWatchTellsOfAChange() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            Iterator<HealthCheckResponse> watch = watch(etcd, "");
            assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
            etcd.node().close();
            assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void aServiceThatIsNotThereIsUnknown() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            StatusRuntimeException refused =
                    catchThrowableOfType(StatusRuntimeException.class, () -> check(etcd, "etcdserverpb.Nothing"));
            assertThat(refused.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
            assertThat(watch(etcd, "etcdserverpb.Nothing").next().getStatus()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
        }
    }

    private static ServingStatus check(EtcdFixture etcd, String service) {
        return stub(etcd).check(request(service)).getStatus();
    }

    private static Iterator<HealthCheckResponse> watch(EtcdFixture etcd, String service) {
        return stub(etcd).watch(request(service));
    }

    private static HealthGrpc.HealthBlockingStub stub(EtcdFixture etcd) {
        return HealthGrpc.newBlockingStub(etcd.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }
}
