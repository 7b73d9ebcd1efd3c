package dev.quorate.wal;

import dev.quorate.spi.EntryKind;
import org.jspecify.annotations.Nullable;

/**
 * What a record of the log is. The codes are part of the log format; those of entries are the codes of
 * {@link EntryKind}.
 */
public enum RecordKind {
    /** An entry: a command of the application. */
    COMMAND(1),
    /** An entry: the first of a leader. */
    NO_OP(2),
    /** An entry: a new membership. */
    MEMBERSHIP(3),
    /** An entry: a checkpoint. */
    CHECKPOINT(4),
    /** An entry: an alarm. */
    ALARM(5),
    /** An entry: a client session begins. */
    OPEN_SESSION(6),
    /** An entry: a client session ends. */
    CLOSE_SESSION(7),
    /** An entry: a command in a client session. */
    SESSION_COMMAND(8),
    /** A new term and vote. */
    HARD_STATE(16),
    /** Entries from an index on are dropped. */
    TRUNCATE(17),
    /** The log is emptied and begins after a position. */
    RESET(18),
    /** The log begins after a position. */
    PURGE(19),
    /** The first record of a segment: what came before it. */
    START(20),
    /** The last record of a full segment. */
    SEAL(21),
    /** The log was opened: nothing behind this place is older than it. */
    OPENED(22),
    /** The log was closed in order: everything before is durable. */
    CLOSED(23);

    private static final @Nullable RecordKind[] BY_CODE = new RecordKind[24];

    static {
        for (RecordKind kind : values()) {
            BY_CODE[kind.code] = kind;
        }
    }

    private final int code;

    RecordKind(int code) {
        this.code = code;
    }

    /** The number that stands for the kind on disk. */
    public int code() {
        return code;
    }

    /** True for an entry of the replicated log. */
    public boolean isEntry() {
        return code < 16;
    }

    /** The kind of the entry. */
    EntryKind entryKind() {
        return EntryKind.ofCode(code);
    }

    /** The kind of a record that holds such an entry. */
    static RecordKind of(EntryKind kind) {
        RecordKind found = ofCode(kind.code());
        if (found == null) {
            throw new IllegalArgumentException("no record kind for entries of kind " + kind);
        }
        return found;
    }

    /** The kind with this code, null when there is none. */
    static @Nullable RecordKind ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
