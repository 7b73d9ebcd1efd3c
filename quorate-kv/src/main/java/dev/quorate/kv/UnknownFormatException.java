package dev.quorate.kv;

/**
 * A command was written by a newer version of this program. A replica that skipped it would come to another state than
 * those that understand it, so this one must stop.
 */
final class UnknownFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownFormatException(String message) {
        super(message);
    }
}
