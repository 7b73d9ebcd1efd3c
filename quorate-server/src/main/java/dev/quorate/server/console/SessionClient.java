package dev.quorate.server.console;

import dev.quorate.etcd.RetrySafety;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.OpenSessionRequest;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.SessionCloseRequest;
import dev.quorate.etcd.wire.SessionKeepAliveRequest;
import dev.quorate.etcd.wire.SessionWriteRequest;
import dev.quorate.etcd.wire.SessionWriteResponse;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of a cluster whose writes take effect once: each has a number in a session of the cluster, and is sent
 * again, to whichever member takes it, until its answer is known or the time is up. Reads are made again as they are.
 *
 * <pre>
 *   write n ─► a member ─► answered ────────────────────────────► done, the next is n + 1
 *     ▲           ├─────► nothing happened, or nobody knows ──► next member, while there is time
 *     └───────────┘       session gone: did not happen ────────► again, in a new session
 *                                       an attempt is in doubt ─► unknown
 * </pre>
 *
 * <p>A server that offers no sessions, such as etcd, gets each write once, and again only when it said that nothing
 * happened. Failures say whether a write may have happened: {@link CommandFailedException#isOutcomeUnknown}.
 *
 * <p>One write at a time; not for several threads at once. Who writes in parallel takes one each.
 */
public final class SessionClient implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);
    /** A member that hangs may take this part of the time, so that others can be asked. */
    private static final int ATTEMPTS_IN_TIME = 3;

    private final List<Endpoint> endpoints;
    private final Duration dial;
    private final Duration timeout;
    private final Duration attempt;
    private final ClientTls tls;
    private int at;
    private @Nullable Connection connection;
    private long session;
    private long sequence = 1;
    private boolean withoutSessions;
    private long doubts;

    /**
     * A client that is not connected yet.
     *
     * @param endpoints members of one cluster, in the order to try them
     * @param dial how long to try to reach each
     * @param timeout how long a call may take, with all its attempts
     */
    public SessionClient(List<Endpoint> endpoints, Duration dial, Duration timeout, ClientTls tls) {
        this(endpoints, dial, timeout, timeout.dividedBy(ATTEMPTS_IN_TIME), tls);
    }

    /**
     * The same, with a time of its own for each attempt.
     *
     * @param attempt how long one member may take to answer before another one is asked
     */
    public SessionClient(List<Endpoint> endpoints, Duration dial, Duration timeout, Duration attempt, ClientTls tls) {
        this.endpoints = List.copyOf(endpoints);
        this.dial = dial;
        this.timeout = timeout;
        this.attempt = attempt;
        this.tls = tls;
    }

    /** Stores a pair, once. */
    public PutResponse put(PutRequest request) {
        return write(
                SessionWriteRequest.newBuilder().setPut(request),
                SessionWriteResponse::getPut,
                server -> server.kv().put(request));
    }

    /** Deletes pairs, once. */
    public DeleteRangeResponse deleteRange(DeleteRangeRequest request) {
        return write(
                SessionWriteRequest.newBuilder().setDeleteRange(request),
                SessionWriteResponse::getDeleteRange,
                server -> server.kv().deleteRange(request));
    }

    /** Runs a transaction, once. */
    public TxnResponse txn(TxnRequest request) {
        return write(
                SessionWriteRequest.newBuilder().setTxn(request),
                SessionWriteResponse::getTxn,
                server -> server.kv().txn(request));
    }

    /** Makes a call that changes nothing, at whichever member answers it. */
    public <T> T read(Function<Connection, T> call) {
        return new Call("", true).run(call);
    }

    /** Says that the client is there, so that the session does not end; nothing when there is none yet. */
    public void keepAlive() {
        long present = session;
        if (present != 0) {
            var unused = read(server -> server.sessions()
                    .keepAlive(SessionKeepAliveRequest.newBuilder()
                            .setSession(present)
                            .build()));
        }
    }

    /** Ends the session, if a member can be told in one attempt; else its timeout does. */
    @Override
    public void close() {
        Connection open = connection;
        if (open == null) {
            return;
        }
        try {
            if (session != 0) {
                var unused = open.sessions()
                        .close(SessionCloseRequest.newBuilder()
                                .setSession(session)
                                .build());
            }
        } catch (StatusRuntimeException leftToTheTimeout) {
            // Nothing of the client depends on it.
        } finally {
            session = 0;
            disconnect();
        }
    }

    /** After how many attempts at a write nobody knew whether it had happened. */
    public long doubts() {
        return doubts;
    }

    private <T> T write(
            SessionWriteRequest.Builder write,
            Function<SessionWriteResponse, T> answer,
            Function<Connection, T> withoutSession) {
        Call call = new Call("nothing was written", false);
        while (true) {
            if (session == 0 && !withoutSessions) {
                call.open();
            }
            if (withoutSessions) {
                return call.run(withoutSession);
            }
            SessionWriteRequest request =
                    write.setSession(session).setSequence(sequence).build();
            try {
                T answered = answer.apply(call.run(server -> server.sessions().write(request)));
                sequence++;
                return answered;
            } catch (SessionGone gone) {
                session = 0;
                if (call.isInDoubt()) {
                    throw call.failed(String.valueOf(gone.getMessage()));
                }
            } catch (CommandFailedException failed) {
                // The number is used up, whether there will be an answer or not.
                sequence++;
                throw failed;
            }
        }
    }

    private Connection connected(Call call) {
        Connection open = connection;
        while (open == null) {
            try {
                Duration patience = withoutSessions ? timeout : attempt;
                open = Connection.toAnyOf(List.of(endpoints.get(at)), dial, patience, tls);
                connection = open;
            } catch (CommandFailedException unreachable) {
                call.next(String.valueOf(unreachable.getMessage()));
            }
        }
        return open;
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** The session of a write is not there, or no more. */
    private static final class SessionGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SessionGone(String message) {
            super(message, null, false, false);
        }
    }

    /** One call with all its attempts. */
    private final class Call {
        private final long deadline = System.nanoTime() + timeout.toNanos();
        private final String nothingHappened;
        private final boolean repeatable;
        private String doubt = "";

        /** {@code repeatable}: changes nothing, or only what a number in a session makes safe. */
        Call(String nothingHappened, boolean repeatable) {
            this.nothingHappened = nothingHappened;
            this.repeatable = repeatable;
        }

        boolean isInDoubt() {
            return !doubt.isEmpty();
        }

        /** Opens a session; an answer that is lost leaves one over, which ends by its timeout. */
        void open() {
            while (session == 0 && !withoutSessions) {
                Connection server = connected(this);
                try {
                    session = server.sessions()
                            .open(OpenSessionRequest.getDefaultInstance())
                            .getSession();
                    sequence = 1;
                } catch (StatusRuntimeException refused) {
                    if (refused.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                        withoutSessions = true;
                        disconnect();
                    } else if (told(refused).equals(RetrySafety.USELESS)) {
                        throw failed(server.explain(refused.getStatus()));
                    } else {
                        next(server.explain(refused.getStatus()));
                    }
                }
            }
        }

        <T> T run(Function<Connection, T> attempt) {
            while (true) {
                Connection server = connected(this);
                try {
                    return attempt.apply(server);
                } catch (StatusRuntimeException refused) {
                    refused(server, refused);
                }
            }
        }

        /** Goes on to the next attempt, or throws. */
        private void refused(Connection server, StatusRuntimeException refused) {
            String told = told(refused);
            String explained = server.explain(refused.getStatus());
            Status.Code code = refused.getStatus().getCode();
            boolean inSession = !repeatable && !withoutSessions;
            if (inSession && code == Status.Code.NOT_FOUND && told.equals(RetrySafety.SAFE)) {
                throw new SessionGone(explained);
            }
            boolean lost = told.isEmpty() && isLost(code);
            boolean unknown = lost || told.equals(RetrySafety.UNKNOWN);
            if (!unknown && !told.equals(RetrySafety.SAFE)) {
                // What our servers refuse for good they refuse each time; of others, one before may have had its
                // effect.
                throw told.isEmpty() && isInDoubt() ? failed(explained) : new CommandFailedException(explained);
            }
            if (unknown && !repeatable) {
                doubt = explained;
                doubts++;
                if (withoutSessions) {
                    throw failed(explained);
                }
            }
            next(explained);
        }

        /** True for what a call ends with of which the server said nothing, or did not know what it said. */
        private static boolean isLost(Status.Code code) {
            return switch (code) {
                case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN -> true;
                default -> false;
            };
        }

        /** Another member is asked next, unless the time is up. */
        void next(String failure) {
            disconnect();
            at = (at + 1) % endpoints.size();
            if (System.nanoTime() - deadline >= 0) {
                throw failed(failure);
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw failed("interrupted");
            }
        }

        CommandFailedException failed(String failure) {
            if (isInDoubt()) {
                return CommandFailedException.outcomeUnknown(
                        failure.equals(doubt) ? failure : failure + "; before: " + doubt);
            }
            return new CommandFailedException(nothingHappened.isEmpty() ? failure : failure + "; " + nothingHappened);
        }
    }

    /** What the server said about a retry; "" when it is not one of ours, or the call never got there. */
    private static String told(StatusRuntimeException refused) {
        Metadata trailers = refused.getTrailers();
        String told = trailers == null ? null : trailers.get(RetrySafety.KEY);
        return told == null ? "" : told;
    }
}
