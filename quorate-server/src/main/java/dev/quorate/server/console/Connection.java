package dev.quorate.server.console;

import dev.quorate.etcd.wire.ClusterGrpc;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.OperatorGrpc;
import dev.quorate.etcd.wire.SessionsGrpc;
import dev.quorate.etcd.wire.StatusRequest;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import io.grpc.netty.shaded.io.netty.util.internal.logging.JdkLoggerFactory;
import io.grpc.stub.AbstractStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection to one server that answered. Calls may come from any thread; completions arrive on its network thread.
 */
public final class Connection implements AutoCloseable {
    private static final int INBOUND_BYTES_MAX = Integer.MAX_VALUE;
    private static final Duration CLOSING = Duration.ofSeconds(2);

    /** A server that says nothing for so long while a call waits for it is asked whether it is there. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    /** One that does not answer that for so long is given up: its host may be gone without a word. */
    private static final long KEEP_ALIVE_PATIENCE_SECONDS = 10;

    private static final Pattern NATIVE_ERROR = Pattern.compile(".*failed with error\\(-?\\d+\\): (.*)");

    static {
        // A client has no use for the logging of the server, which takes long to set up.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    private final Endpoint endpoint;
    private final ManagedChannel channel;
    private final Duration timeout;

    private Connection(Endpoint endpoint, ManagedChannel channel, Duration timeout) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.timeout = timeout;
    }

    /**
     * Connects to the first of the servers that can be reached.
     *
     * @param dial how long to try each of them
     * @param timeout the deadline of each call
     * @throws CommandFailedException when none can be reached, saying why
     */
    public static Connection toAnyOf(List<Endpoint> endpoints, Duration dial, Duration timeout) {
        return toAnyOf(endpoints, dial, timeout, ClientTls.NONE);
    }

    /** As {@link #toAnyOf(List, Duration, Duration)}, with certificates. */
    static Connection toAnyOf(List<Endpoint> endpoints, Duration dial, Duration timeout, ClientTls tls) {
        List<String> failures = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            Connection connection = to(endpoint, timeout, tls);
            if (connection.awaitReady(dial)) {
                return connection;
            }
            failures.add(connection.whyNotReady());
            connection.close();
        }
        throw new CommandFailedException(String.join("; ", failures));
    }

    /** A connection that is made when the first call needs it. */
    public static Connection to(Endpoint endpoint, Duration timeout) {
        return to(endpoint, timeout, ClientTls.NONE);
    }

    static Connection to(Endpoint endpoint, Duration timeout, ClientTls tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port());
        if (endpoint.tls() || tls.isAsked()) {
            builder.sslContext(tls.context());
        } else {
            builder.usePlaintext();
        }
        ManagedChannel channel = builder.directExecutor()
                .maxInboundMessageSize(INBOUND_BYTES_MAX)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
                .build();
        return new Connection(endpoint, channel, timeout);
    }

    /** The server's address. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** Calls of the key service that wait for their answer, at most as long as the timeout says. */
    public KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Calls of the key service that answer on the network thread; each takes its deadline when it is made. */
    public KVGrpc.KVStub kvAsync() {
        return KVGrpc.newStub(channel);
    }

    /** Calls of the cluster service that wait for their answer, at most as long as the timeout says. */
    public ClusterGrpc.ClusterBlockingStub cluster() {
        return timed(ClusterGrpc.newBlockingStub(channel));
    }

    /** Calls of writes in sessions that wait for their answer, at most as long as the timeout says. */
    public SessionsGrpc.SessionsBlockingStub sessions() {
        return timed(SessionsGrpc.newBlockingStub(channel));
    }

    /** Calls of our own service that wait for their answer, at most as long as the timeout says. */
    public OperatorGrpc.OperatorBlockingStub operator() {
        return timed(OperatorGrpc.newBlockingStub(channel));
    }

    /** Calls of the maintenance service that wait for their answer, at most as long as the timeout says. */
    public MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
        return withoutDeadline().withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Calls of the maintenance service that wait for their answer as long as it takes, while the server is there. */
    public MaintenanceGrpc.MaintenanceBlockingStub withoutDeadline() {
        return MaintenanceGrpc.newBlockingStub(channel);
    }

    /** The deadline for a stub of {@link #kvAsync}. */
    public <S extends AbstractStub<S>> S timed(S stub) {
        return stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Makes a call.
     *
     * @throws CommandFailedException with the server's message, when it refused or could not be reached
     */
    public <T> T ask(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException refused) {
            throw new CommandFailedException(explain(refused.getStatus()));
        }
    }

    /** What a status means, in one line; whether a write may have happened is for the caller to say. */
    public String explain(Status status) {
        String description = status.getDescription();
        String said = description == null ? "" : description.lines().findFirst().orElse("");
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> endpoint + " did not answer within " + timeout.toMillis() + " ms";
            case UNIMPLEMENTED -> endpoint + " does not offer this call";
            case UNAVAILABLE -> said.startsWith("etcdserver: ") ? said : unreachable(status);
            case UNKNOWN, INTERNAL -> endpoint + " failed: " + (said.isEmpty() ? status.getCode() : said);
            default -> said.isEmpty() ? status.getCode().toString() : said;
        };
    }

    private boolean awaitReady(Duration dial) {
        long deadline = System.nanoTime() + dial.toNanos();
        while (true) {
            ConnectivityState state = channel.getState(true);
            if (state == ConnectivityState.READY) {
                return true;
            }
            long left = deadline - System.nanoTime();
            if (state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.SHUTDOWN || left <= 0) {
                return false;
            }
            CountDownLatch changed = new CountDownLatch(1);
            channel.notifyWhenStateChanged(state, changed::countDown);
            try {
                if (!changed.await(left, TimeUnit.NANOSECONDS)) {
                    return false;
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted");
            }
        }
    }

    private String whyNotReady() {
        if (channel.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
            return "cannot reach " + endpoint + ": no answer";
        }
        // A call on a channel that failed to connect fails at once, and carries the reason.
        try {
            var ignored = MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance());
            return "cannot reach " + endpoint;
        } catch (StatusRuntimeException refused) {
            return unreachable(refused.getStatus());
        }
    }

    private String unreachable(Status status) {
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String reason = root == null ? status.getDescription() : root.getMessage();
        return "cannot reach " + endpoint + (reason == null ? "" : ": " + readable(reason));
    }

    /** What the native transport says, without its own vocabulary before the reason. */
    private static String readable(String reason) {
        String line = reason.lines().findFirst().orElse("");
        Matcher matcher = NATIVE_ERROR.matcher(line);
        return matcher.matches() ? matcher.group(1) : line;
    }

    /** Ends the connection; calls under way are cancelled. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            if (!channel.awaitTermination(CLOSING.toNanos(), TimeUnit.NANOSECONDS)) {
                channel.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
