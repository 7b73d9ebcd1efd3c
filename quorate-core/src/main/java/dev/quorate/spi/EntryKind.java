package dev.quorate.spi;

/**
 * What an entry is for. Only {@code COMMAND} reaches the state machine, and what a {@code SESSION_COMMAND} holds, which
 * is given to it as a {@code COMMAND}. The codes are part of the log format.
 */
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
    ALARM(5),
    /** A client session begins (thesis §6.3); its id is the index of this entry. */
    OPEN_SESSION(6),
    /** A client session ends. */
    CLOSE_SESSION(7),
    /** A command of the application that takes effect once, however often it is in the log. */
    SESSION_COMMAND(8);

    private static final EntryKind[] BY_CODE = {
        null, COMMAND, NO_OP, MEMBERSHIP, CHECKPOINT, ALARM, OPEN_SESSION, CLOSE_SESSION, SESSION_COMMAND
    };

    private final int code;

    EntryKind(int code) {
        this.code = code;
    }

    /** The number that stands for the kind on disk and on the wire. */
    public int code() {
        return code;
    }

    /** True for what a client session consists of. */
    public boolean isOfSession() {
        return this == OPEN_SESSION || this == CLOSE_SESSION || this == SESSION_COMMAND;
    }

    /** The kind with this code; {@link IllegalArgumentException} when there is none. */
    public static EntryKind ofCode(int code) {
        if (code < 1 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("unknown entry kind " + code);
        }
        return BY_CODE[code];
    }
}
