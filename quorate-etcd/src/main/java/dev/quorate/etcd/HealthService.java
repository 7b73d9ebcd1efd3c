package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * gRPC's health service. SERVING means that this node answers linearizable reads of clients at this moment: each check
 * makes one. A learner, which refuses them, is NOT_SERVING. A watch repeats the check while it lasts and tells of
 * changes.
 */
final class HealthService extends HealthGrpc.HealthImplBase implements BindableService {
    static final Duration CHECK = Duration.ofSeconds(1);
    static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
    static final int WATCHES_MAX = 128;

    private final QuorateNode node;
    private final Set<String> services;
    private final ScheduledExecutorService timer;
    private final AtomicInteger watches = new AtomicInteger();

    /**
     * Speaks for these services, and for the empty name, which means the whole server.
     *
     * @param timer runs the checks of watches, which do not block
     */
    HealthService(QuorateNode node, Set<String> services, ScheduledExecutorService timer) {
        this.node = node;
        this.services = services;
        this.timer = timer;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        Answer<HealthCheckResponse> answer = new Answer<>(answers);
        if (!isKnown(request.getService())) {
            answer.refuse(new RefusedException(unknown(request.getService())));
            return;
        }
        find(status -> answer.send(response(status)));
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        ServerCallStreamObserver<HealthCheckResponse> call = (ServerCallStreamObserver<HealthCheckResponse>) answers;
        if (watches.incrementAndGet() > WATCHES_MAX) {
            watches.decrementAndGet();
            call.onError(Refusals.TOO_MANY_REQUESTS.asRuntimeException());
            return;
        }
        call.setOnCancelHandler(watches::decrementAndGet);
        if (isKnown(request.getService())) {
            new Watch(call).repeat();
        } else {
            // The protocol's answer here: the service may appear later. It never does, so this is all there is to say.
            call.onNext(response(ServingStatus.SERVICE_UNKNOWN));
        }
    }

    private boolean isKnown(String service) {
        return service.isEmpty() || services.contains(service);
    }

    private static Status unknown(String service) {
        return Status.NOT_FOUND.withDescription("unknown service " + service);
    }

    private void find(Consumer<ServingStatus> told) {
        var unused = node.ready(CHECK).handle((ready, failure) -> {
            boolean serves = failure == null && !node.isLearner();
            told.accept(serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
            return null;
        });
    }

    private static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** One watch; a check ends before the next begins. */
    private final class Watch {
        private final ServerCallStreamObserver<HealthCheckResponse> call;
        private @Nullable ServingStatus told;

        Watch(ServerCallStreamObserver<HealthCheckResponse> call) {
            this.call = call;
        }

        void repeat() {
            find(this::tell);
        }

        private void tell(ServingStatus status) {
            if (call.isCancelled() || timer.isShutdown()) {
                return;
            }
            if (status != told) {
                told = status;
                call.onNext(response(status));
            }
            var next = timer.schedule(this::repeat, WATCH_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
            if (next.isCancelled()) {
                call.onError(Refusals.STOPPED.asRuntimeException());
            }
        }
    }
}
