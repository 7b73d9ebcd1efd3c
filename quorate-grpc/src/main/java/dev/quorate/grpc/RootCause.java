package dev.quorate.grpc;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What is at the bottom of a failure, in one line. */
final class RootCause {
    private static final int LENGTH_MAX = 200;

    private RootCause() {}

    /**
     * The first line of its message, which may quote what others sent: printable, cut at 200 characters; the name of
     * its class when it says nothing.
     */
    static String of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? "" : root.getMessage();
        String line = message.lines().findFirst().orElse(root.getClass().getSimpleName());
        return Printable.of(line, LENGTH_MAX);
    }

    /** True when it is TLS that failed: a certificate is not trusted, or what answers does not speak it. */
    static boolean isTls(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
