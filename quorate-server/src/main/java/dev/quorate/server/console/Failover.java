package dev.quorate.server.console;

import dev.quorate.etcd.RetrySafety;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a call at one of several servers, whichever takes it: any member takes any call, so the next one is asked when
 * one cannot be reached, or says that nothing happened. A cluster that is choosing a leader refuses for a moment; all
 * are asked again until the time is up.
 *
 * <p>A write of which nobody knows whether it happened is never made again; the failure says so.
 */
final class Failover {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final List<Endpoint> endpoints;
    private final Duration dial;
    private final Duration timeout;
    private final ClientTls tls;
    /** True for calls that change nothing, which may be made again whatever became of them. */
    private final boolean reading;

    Failover(List<Endpoint> endpoints, Duration dial, Duration timeout, ClientTls tls, boolean reading) {
        this.endpoints = endpoints;
        this.dial = dial;
        this.timeout = timeout;
        this.tls = tls;
        this.reading = reading;
    }

    /**
     * Makes the call.
     *
     * @throws CommandFailedException in one line, saying whether the outcome is unknown
     */
    <T> T call(Function<Connection, T> calls) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<String> failures = new ArrayList<>();
            boolean answered = false;
            for (Endpoint endpoint : endpoints) {
                Connection connection = reach(endpoint, failures);
                if (connection == null) {
                    continue;
                }
                try (connection) {
                    return calls.apply(connection);
                } catch (StatusRuntimeException refused) {
                    failures.add(failure(connection, refused));
                    answered = true;
                }
            }
            if (!answered || System.nanoTime() - deadline >= 0) {
                throw new CommandFailedException(String.join("; ", failures));
            }
            pause();
        }
    }

    private @Nullable Connection reach(Endpoint endpoint, List<String> failures) {
        try {
            return Connection.toAnyOf(List.of(endpoint), dial, timeout, tls);
        } catch (CommandFailedException unreachable) {
            failures.add(unreachable.getMessage());
            return null;
        }
    }

    /**
     * What a failure was, when the next server may be asked.
     *
     * @throws CommandFailedException when it may not
     */
    private String failure(Connection connection, StatusRuntimeException refused) {
        Status status = refused.getStatus();
        String told = told(refused);
        boolean lost = status.getCode() == Status.Code.UNAVAILABLE
                || status.getCode() == Status.Code.DEADLINE_EXCEEDED
                || status.getCode() == Status.Code.CANCELLED;
        String explained = connection.explain(status);
        if (told.equals(RetrySafety.SAFE) || (reading && lost)) {
            return explained;
        }
        boolean unexplained =
                told.isEmpty() && (status.getCode() == Status.Code.INTERNAL || status.getCode() == Status.Code.UNKNOWN);
        boolean unknown = !reading && (told.equals(RetrySafety.UNKNOWN) || (told.isEmpty() && lost) || unexplained);
        throw unknown ? CommandFailedException.outcomeUnknown(explained) : new CommandFailedException(explained);
    }

    /** What the server said about a retry; "" when it is not one of ours, or the call never got there. */
    private static String told(StatusRuntimeException refused) {
        Metadata trailers = refused.getTrailers();
        String told = trailers == null ? null : trailers.get(RetrySafety.KEY);
        return told == null ? "" : told;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted");
        }
    }
}
