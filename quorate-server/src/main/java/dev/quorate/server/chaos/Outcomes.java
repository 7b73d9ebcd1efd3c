package dev.quorate.server.chaos;

import dev.quorate.etcd.RetrySafety;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.Optional;

/** What is known after a call that was not answered. */
enum Outcomes {
    /** Nothing happened. */
    FAILED,
    /** It was not even tried, and would not be the next time: a request of ours that the server does not take. */
    USELESS,
    /** Nobody knows. */
    UNKNOWN;

    /** By what the server says in the trailers; without a word of it, only a refused connection is certain. */
    static Outcomes of(StatusRuntimeException refused) {
        Metadata trailers = refused.getTrailers();
        Optional<String> told = Optional.ofNullable(trailers == null ? null : trailers.get(RetrySafety.KEY));
        if (told.isPresent()) {
            return switch (told.get()) {
                case RetrySafety.SAFE -> FAILED;
                case RetrySafety.USELESS -> USELESS;
                default -> UNKNOWN;
            };
        }
        for (Throwable cause = refused.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return FAILED;
            }
        }
        return UNKNOWN;
    }
}
