package dev.quorate.spi;

/** What an entry is for. Only {@code COMMAND} reaches the state machine. The codes are part of the log format. */
public enum EntryKind {
    /** A command of the application. */
    COMMAND(1),
    /** The first entry of a leader (Raft §8); no payload. */
    NO_OP(2),
    /** A new membership of the cluster (Raft §6). */
    MEMBERSHIP(3),
    /** Every replica freezes a snapshot and a digest at this index; no payload. */
    CHECKPOINT(4),
    /** An alarm about one replica, made known to all. */
    ALARM(5);

    private static final EntryKind[] BY_CODE = {null, COMMAND, NO_OP, MEMBERSHIP, CHECKPOINT, ALARM};

    private final int code;

    EntryKind(int code) {
        this.code = code;
    }

    /** The number that stands for the kind on disk and on the wire. */
    public int code() {
        return code;
    }

    /** The kind with this code; {@link IllegalArgumentException} when there is none. */
    public static EntryKind ofCode(int code) {
        if (code < 1 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("unknown entry kind " + code);
        }
        return BY_CODE[code];
    }
}
