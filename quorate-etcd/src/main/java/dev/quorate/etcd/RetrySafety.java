package dev.quorate.etcd;

import dev.quorate.kv.KvException;
import dev.quorate.spi.AnswerLostException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.QuorateException;
import io.grpc.Metadata;
import java.util.concurrent.CompletionException;

/**
 * Says, in the trailers of a refusal, whether the request may be sent again: etcd's codes alone do not tell a write
 * that did not happen from one that may have. Clients of etcd do not look at it; ours do.
 */
public final class RetrySafety {
    /** {@code safe}: nothing happened; {@code unknown}: it may have; {@code useless}: it would be refused again. */
    public static final Metadata.Key<String> KEY = Metadata.Key.of("quorate-retry", Metadata.ASCII_STRING_MARSHALLER);

    /** The value for a request that had no effect. */
    public static final String SAFE = "safe";

    /** The value for a request that may have had its effect. */
    public static final String UNKNOWN = "unknown";

    /** The value for a request that will be refused whenever it comes. */
    public static final String USELESS = "useless";

    private RetrySafety() {}

    static Metadata of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Metadata trailers = new Metadata();
        if (cause instanceof AnswerLostException) {
            // As with the store's answer that is too large: refused after the fact.
            trailers.put(KEY, UNKNOWN);
        } else if (cause instanceof NodeHaltedException) {
            // Useless at this node; whatever may have happened here failed as unknown, and another member takes it.
            trailers.put(KEY, SAFE);
        } else if (cause instanceof QuorateException known) {
            trailers.put(
                    KEY,
                    switch (known.retry()) {
                        case SAFE -> SAFE;
                        case UNKNOWN -> UNKNOWN;
                        case USELESS -> USELESS;
                    });
        } else if (cause instanceof KvException refused) {
            // The one refusal of the store that comes after the fact.
            boolean done = refused.kind() == KvException.Kind.ANSWER_TOO_LARGE;
            trailers.put(KEY, done ? UNKNOWN : USELESS);
        } else {
            // What nobody expected may have come after the fact.
            trailers.put(KEY, cause instanceof RefusedException ? USELESS : UNKNOWN);
        }
        return trailers;
    }
}
