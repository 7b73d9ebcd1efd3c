package dev.quorate.engine;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import java.nio.ByteBuffer;

/**
 * What an entry of a client session says. Everything that decides what becomes of a session stands in entries and not
 * in the options of a node, so that replicas with different options decide alike. The bytes, big endian:
 *
 * <pre>
 *   OPEN_SESSION     version 1 │ timeout in ms 8 │ most in flight 4 │ most sessions 4
 *   CLOSE_SESSION    version 1 │ session 8
 *   SESSION_COMMAND  version 1 │ session 8 │ sequence 8 │ first unanswered sequence 8 │ command
 * </pre>
 */
public sealed interface SessionEntry {
    /** The longest timeout of a session: 366 days. */
    long TIMEOUT_MILLIS_MAX = 366L * 24 * 3600 * 1000;

    /** The most commands that a session may have in flight. */
    int IN_FLIGHT_MAX = 1024;

    /** The most sessions that an entry may allow. */
    int SESSIONS_MAX = 1_000_000;

    /** The highest sequence. */
    long SEQUENCE_MAX = Long.MAX_VALUE - IN_FLIGHT_MAX;

    /** How many bytes a command in a session is longer than the command itself. */
    int COMMAND_OVERHEAD_BYTES = 1 + 3 * Long.BYTES;

    /** The first byte of all. */
    byte VERSION = 1;

    /** The payload of the entry. */
    Bytes encode();

    /**
     * A command that only shows that the client is there: with a sequence that no window reaches, so that it is refused
     * after it has counted as a sign of life.
     */
    static Command keepAlive(long session) {
        return new Command(session, SEQUENCE_MAX, 1, Bytes.EMPTY);
    }

    /**
     * A session begins.
     *
     * @param timeoutMillis how long it may be silent, in cluster time
     * @param inFlightMax how far its sequences may run ahead of the first one that is not answered
     * @param sessionsMax it does not begin when there are so many already
     */
    record Open(long timeoutMillis, int inFlightMax, int sessionsMax) implements SessionEntry {
        private static final int BYTES = 1 + Long.BYTES + 2 * Integer.BYTES;

        public Open {
            require(timeoutMillis, 1, TIMEOUT_MILLIS_MAX, "a session timeout in ms");
            require(inFlightMax, 1, IN_FLIGHT_MAX, "the most commands in flight in a session");
            require(sessionsMax, 1, SESSIONS_MAX, "the most sessions");
        }

        @Override
        public Bytes encode() {
            return Bytes.wrap(ByteBuffer.allocate(BYTES)
                    .put(VERSION)
                    .putLong(timeoutMillis)
                    .putInt(inFlightMax)
                    .putInt(sessionsMax)
                    .array());
        }
    }

    /** A session ends. */
    record Close(long session) implements SessionEntry {
        private static final int BYTES = 1 + Long.BYTES;

        public Close {
            require(session, 1, Long.MAX_VALUE, "a session id");
        }

        @Override
        public Bytes encode() {
            return Bytes.wrap(
                    ByteBuffer.allocate(BYTES).put(VERSION).putLong(session).array());
        }
    }

    /**
     * A command in a session.
     *
     * @param sequence its number in the session, from 1
     * @param firstUnanswered the client has the answers of all below this one, which may be forgotten
     * @param command what the state machine gets
     */
    record Command(long session, long sequence, long firstUnanswered, Bytes command) implements SessionEntry {
        public Command {
            require(session, 1, Long.MAX_VALUE, "a session id");
            require(sequence, 1, SEQUENCE_MAX, "a sequence");
            require(firstUnanswered, 1, sequence, "the first unanswered sequence");
        }

        @Override
        public Bytes encode() {
            ByteBuffer out = ByteBuffer.allocate(COMMAND_OVERHEAD_BYTES + command.length())
                    .put(VERSION)
                    .putLong(session)
                    .putLong(sequence)
                    .putLong(firstUnanswered);
            command.copyTo(out);
            return Bytes.wrap(out.array());
        }
    }

    /** What such an entry says; {@link IllegalArgumentException} when it is damaged or of another kind. */
    static SessionEntry decode(EntryKind kind, Bytes payload) {
        ByteBuffer in = payload.asByteBuffer();
        if (payload.isEmpty() || in.get() != VERSION) {
            throw new IllegalArgumentException("an entry of a session of unknown version: " + payload);
        }
        return switch (kind) {
            case OPEN_SESSION -> {
                requireLength(payload, Open.BYTES, false);
                yield new Open(in.getLong(), in.getInt(), in.getInt());
            }
            case CLOSE_SESSION -> {
                requireLength(payload, Close.BYTES, false);
                yield new Close(in.getLong());
            }
            case SESSION_COMMAND -> {
                requireLength(payload, COMMAND_OVERHEAD_BYTES, true);
                yield new Command(in.getLong(), in.getLong(), in.getLong(), payload.slice(COMMAND_OVERHEAD_BYTES));
            }
            default -> throw new IllegalArgumentException("no entry of a session: " + kind);
        };
    }

    private static void requireLength(Bytes payload, int bytes, boolean orMore) {
        if (payload.length() < bytes || (payload.length() > bytes && !orMore)) {
            throw new IllegalArgumentException("an entry of a session has " + payload.length() + " bytes, expected "
                    + bytes + (orMore ? " or more" : ""));
        }
    }

    private static void require(long value, long min, long max, String what) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " is " + value + ", must be from " + min + " to " + max);
        }
    }
}
