package dev.quorate.server.drill;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.RetrySafety;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts over connections to some servers in turn, until it is closed. With a rate, a put is sent when it is due,
 * whatever became of those before it, up to a limit of those under way; without one, so many clients send their next
 * put as soon as the last one is answered.
 *
 * <p>A pacing thread sends when there is a rate; answers come on the network threads.
 */
final class SteadyLoad implements AutoCloseable {
    /** The most puts of a load with a rate that are under way; what is due beyond is left out. */
    private static final int IN_FLIGHT_MAX = 8192;

    private static final int REASONS_MAX = 8;
    private static final int KEYS = 10_000;
    private static final int VALUE_BYTES = 256;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 5;
    private static final long TICK_NANOS = 1_000_000;

    private final List<Connection> connections = new ArrayList<>();
    private final Counted acknowledged;
    private final int perSecond;
    private final ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final Map<String, Long> reasons = new ConcurrentHashMap<>();
    private final AtomicLong leftOut = new AtomicLong();
    private final ScheduledExecutorService pause = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "quorate-load-pause");
        thread.setDaemon(true);
        return thread;
    });
    /** Only puts that are sent from this time on count for {@link #firstNanos}. */
    private volatile long watchedNanos = Long.MAX_VALUE;

    private final AtomicLong firstNanos = new AtomicLong();
    private volatile boolean closed;

    private SteadyLoad(List<Endpoint> endpoints, Counted acknowledged, int perSecond) {
        for (Endpoint endpoint : endpoints) {
            connections.add(Connection.to(endpoint, TIMEOUT));
        }
        this.acknowledged = acknowledged;
        this.perSecond = perSecond;
    }

    /** Begins to send so many a second. */
    static SteadyLoad atRate(List<Endpoint> endpoints, Counted acknowledged, int perSecond) {
        SteadyLoad load = new SteadyLoad(endpoints, acknowledged, perSecond);
        Thread pace = new Thread(load::pace, "quorate-load-pace");
        pace.setDaemon(true);
        pace.start();
        return load;
    }

    /** Begins with so many clients, each with one put under way. */
    static SteadyLoad ofClients(List<Endpoint> endpoints, Counted acknowledged, int clients) {
        SteadyLoad load = new SteadyLoad(endpoints, acknowledged, 0);
        for (int client = 0; client < clients; client++) {
            load.send();
        }
        return load;
    }

    /** Begins to look for the first acknowledgement of a put that was sent from now on. */
    void watch() {
        firstNanos.set(0);
        watchedNanos = System.nanoTime();
    }

    /** When it came; 0 as long as it has not. */
    long firstNanos() {
        return firstNanos.get();
    }

    /** How many puts failed, or have an outcome that is not known. */
    long failed() {
        return refused.get() + unknown.get();
    }

    /** How many puts certainly did not happen. */
    long refused() {
        return refused.get();
    }

    /** How many puts may have happened. */
    long unknown() {
        return unknown.get();
    }

    /** What was said of those that failed, and how often; the first few things that were said. */
    Map<String, Long> reasons() {
        return new TreeMap<>(reasons);
    }

    /** How many puts were due and not sent, because too many were under way. */
    long leftOut() {
        return leftOut.get();
    }

    private void pace() {
        long beginNanos = System.nanoTime();
        long made = 0;
        while (!closed) {
            long due = (long) ((System.nanoTime() - beginNanos) * (perSecond / 1e9));
            for (; made < due; made++) {
                if (inFlight.get() < IN_FLIGHT_MAX) {
                    send();
                } else {
                    leftOut.incrementAndGet();
                }
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private void send() {
        inFlight.incrementAndGet();
        long number = sent.getAndIncrement();
        Connection connection = connections.get((int) (number % connections.size()));
        PutRequest put = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("load-" + number % KEYS))
                .setValue(value)
                .build();
        connection.timed(connection.kvAsync()).put(put, new Answer(System.nanoTime()));
    }

    private void ended(boolean well) {
        inFlight.decrementAndGet();
        if (closed || perSecond > 0) {
            return;
        }
        if (well) {
            send();
        } else {
            var unused = pause.schedule(this::send, PAUSE_AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private final class Answer implements StreamObserver<PutResponse> {
        private final long sentNanos;

        private Answer(long sentNanos) {
            this.sentNanos = sentNanos;
        }

        @Override
        public void onNext(PutResponse answer) {
            long nowNanos = System.nanoTime();
            acknowledged.add(nowNanos);
            if (sentNanos >= watchedNanos) {
                firstNanos.compareAndSet(0, nowNanos);
            }
        }

        @Override
        public void onError(Throwable failure) {
            Metadata trailers = Status.trailersFromThrowable(failure);
            String told = trailers == null ? null : trailers.get(RetrySafety.KEY);
            boolean nothing = RetrySafety.SAFE.equals(told) || RetrySafety.USELESS.equals(told);
            (nothing ? refused : unknown).incrementAndGet();
            String reason = String.valueOf(Status.fromThrowable(failure).getDescription());
            if (reasons.size() < REASONS_MAX || reasons.containsKey(reason)) {
                reasons.merge(reason, 1L, Long::sum);
            }
            ended(false);
        }

        @Override
        public void onCompleted() {
            ended(true);
        }
    }

    /** Sends no more; what is under way is given up. */
    @Override
    public void close() {
        closed = true;
        pause.shutdownNow();
        connections.forEach(Connection::close);
    }
}
