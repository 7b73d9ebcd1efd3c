package dev.quorate.kv;

import dev.quorate.spi.QuorateException;

/**
 * The store refuses a request. Nothing changed, and the same request will be refused again; {@code ANSWER_TOO_LARGE} is
 * the one exception from both.
 */
public final class KvException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. The codes are part of the format of answers. */
    public enum Kind {
        /** An empty key. */
        KEY_NOT_PROVIDED(1, "key is not provided"),
        /** A put that keeps the value or the lease of a key that does not exist. */
        KEY_NOT_FOUND(2, "key not found"),
        /** A put that keeps the value and brings one. */
        VALUE_PROVIDED(3, "value is provided"),
        /** A put that keeps the lease and brings one. */
        LEASE_PROVIDED(4, "lease is provided"),
        /** A lease that does not exist. */
        LEASE_NOT_FOUND(5, "requested lease not found"),
        /** A list of a transaction is too long. */
        TOO_MANY_OPS(6, "too many operations in txn request"),
        /** A transaction that writes a key twice. */
        DUPLICATE_KEY(7, "duplicate key given in txn request"),
        /** A revision below the last compaction, or a compaction at or below it. */
        COMPACTED(8, "required revision has been compacted"),
        /** A revision that the store has not reached. */
        FUTURE_REVISION(9, "required revision is a future revision"),
        /** A request whose encoded form is longer than {@link KvClient#REQUEST_BYTES_MAX}. */
        REQUEST_TOO_LARGE(10, "request is too large"),
        /** A command that is none of this store's. */
        MALFORMED(11, "command is malformed"),
        /** The request took effect, but what it should answer is too long. */
        ANSWER_TOO_LARGE(12, "request took effect, its answer is too large");

        private static final Kind[] ALL = values();

        private final int code;
        private final String text;

        Kind(int code, String text) {
            this.code = code;
            this.text = text;
        }

        int code() {
            return code;
        }

        static Kind ofCode(int code) {
            if (code < 1 || code > ALL.length) {
                throw Decoder.malformed("unknown refusal " + code);
            }
            return ALL[code - 1];
        }
    }

    private final Kind kind;
    private final String detail;

    public KvException(Kind kind) {
        this(kind, "");
    }

    /**
     * A refusal of this kind.
     *
     * @param detail the numbers behind it, empty for none
     */
    public KvException(Kind kind, String detail) {
        super(detail.isEmpty() ? kind.text : kind.text + ": " + detail);
        this.kind = kind;
        this.detail = detail;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** The numbers behind it, empty for none. */
    public String detail() {
        return detail;
    }

    /** Whether asking again is safe: {@code USELESS}, and {@code UNKNOWN} where the request took effect. */
    public QuorateException.Retry retry() {
        return kind == Kind.ANSWER_TOO_LARGE ? QuorateException.Retry.UNKNOWN : QuorateException.Retry.USELESS;
    }
}
