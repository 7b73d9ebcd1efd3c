package dev.quorate.server.bench;

import io.grpc.Status;
import java.net.ConnectException;

/**
 * One way in which calls fail.
 *
 * @param kind what was called
 * @param code the code of gRPC, or {@link #WRONG_ANSWER}
 * @param outcome what is known of its effect
 */
record Failure(Kind kind, String code, Outcome outcome) implements Comparable<Failure> {
    /** In place of a code: the server answered, and the answer cannot be right. */
    static final String WRONG_ANSWER = "WRONG_ANSWER";

    /** What a call that failed has done. */
    enum Outcome {
        /** Nothing, for certain. */
        REFUSED,
        /** Its write may have happened, or may still happen. */
        UNKNOWN
    }

    /** The failure that a status reports. */
    static Failure of(Kind kind, Status status) {
        boolean unknown = kind.writes() && !isRefusal(status);
        return new Failure(kind, status.getCode().name(), unknown ? Outcome.UNKNOWN : Outcome.REFUSED);
    }

    /** An answer that cannot be right. */
    static Failure wrong(Kind kind) {
        return new Failure(kind, WRONG_ANSWER, Outcome.REFUSED);
    }

    /** Only what cannot have been handed to the log; every other code leaves it open. */
    private static boolean isRefusal(Status status) {
        return switch (status.getCode()) {
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED -> true;
            case UNAVAILABLE -> wasNeverSent(status);
            default -> false;
        };
    }

    private static boolean wasNeverSent(Status status) {
        Throwable cause = status.getCause();
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof ConnectException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    @Override
    public int compareTo(Failure other) {
        int byKind = kind.compareTo(other.kind);
        int byCode = code.compareTo(other.code);
        return byKind != 0 ? byKind : byCode != 0 ? byCode : outcome.compareTo(other.outcome);
    }
}
