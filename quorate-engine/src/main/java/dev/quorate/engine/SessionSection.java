package dev.quorate.engine;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.FrozenState;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first part of every snapshot: the client sessions. What follows is the state machine's own.
 *
 * <pre>
 *   mark 16 │ version 1 │ newest leader since 8 │ sessions 4
 *   each session:  id 8 │ timeout in ms 8 │ window 4 │ last active 8 │ floor 8 │ answers 4
 *     each answer: sequence 8 │ length 4, −1 when it is not kept │ bytes                (big endian, sizes in bytes)
 * </pre>
 *
 * Snapshots of versions without sessions begin with the state machine's part; they lack the mark, which no state
 * machine writes by chance, and hold no sessions.
 */
final class SessionSection {
    private static final byte[] MARK = {
        (byte) 0x9B,
        'Q',
        'U',
        'O',
        'R',
        'A',
        'T',
        'E',
        (byte) 0xE3,
        0x6F,
        0x01,
        (byte) 0xC4,
        0x5D,
        0x12,
        (byte) 0x88,
        0x7A
    };
    private static final byte VERSION = 1;
    private static final int PART_BYTES = 1 << 20;
    private static final long TIME_MILLIS_MAX = Long.MAX_VALUE / 2;

    private SessionSection() {}

    /** The table as it is now, in front of a frozen state machine. */
    static FrozenState freeze(SessionTable table, FrozenState machine) {
        List<Frozen> sessions = new ArrayList<>(table.size());
        for (Session session : table.sessions()) {
            sessions.add(new Frozen(
                    session.id,
                    session.timeoutMillis,
                    session.window(),
                    session.lastActiveMillis,
                    session.floor(),
                    session.answers()));
        }
        return new FrozenSessions(table.leaderSinceMillis(), sessions, machine);
    }

    /**
     * Reads the section.
     *
     * @param into an empty table
     * @return what follows: the state machine's part
     * @throws IOException also when the section is damaged or of a newer version
     */
    static InputStream read(InputStream in, SessionTable into) throws IOException {
        byte[] mark = in.readNBytes(MARK.length);
        if (!Arrays.equals(mark, MARK)) {
            return new SequenceInputStream(new ByteArrayInputStream(mark), in);
        }
        DataInputStream data = new DataInputStream(in);
        byte version = data.readByte();
        if (version != VERSION) {
            throw new IOException("the sessions of the snapshot have the format version " + version
                    + ", this node knows version " + VERSION);
        }
        into.leadSince(checked(data.readLong(), 0, TIME_MILLIS_MAX, "as the leader's time"));
        long count = checked(data.readInt(), 0, SessionEntry.SESSIONS_MAX, "sessions");
        long before = 0;
        for (long i = 0; i < count; i++) {
            before = readSession(data, before, into);
        }
        return in;
    }

    private static long readSession(DataInputStream data, long before, SessionTable into) throws IOException {
        long id = checked(data.readLong(), before + 1, Long.MAX_VALUE - 1, "as a session behind " + before);
        long timeoutMillis = checked(data.readLong(), 1, SessionEntry.TIMEOUT_MILLIS_MAX, "ms of a session's timeout");
        int window = (int) checked(data.readInt(), 1, SessionEntry.IN_FLIGHT_MAX, "commands in a session's window");
        long lastActiveMillis = checked(data.readLong(), 0, TIME_MILLIS_MAX, "as a session's time");
        long floor = checked(data.readLong(), 1, Long.MAX_VALUE - SessionEntry.IN_FLIGHT_MAX, "as a session's floor");
        Session session = new Session(id, timeoutMillis, window, lastActiveMillis, floor);
        into.add(session);
        long answers = checked(data.readInt(), 0, window, "answers of a session");
        long next = floor;
        for (long i = 0; i < answers; i++) {
            long sequence = checked(data.readLong(), next, floor + window - 1, "as the sequence of an answer");
            into.keep(session, new Session.Answer(sequence, readContent(data)));
            next = sequence + 1;
        }
        into.reprint(session);
        return id;
    }

    private static @Nullable Bytes readContent(DataInputStream data) throws IOException {
        int length = data.readInt();
        if (length == -1) {
            return null;
        }
        byte[] content = data.readNBytes((int) checked(length, 0, Integer.MAX_VALUE, "bytes of an answer"));
        if (content.length != length) {
            throw new IOException("the snapshot ends in the middle of an answer of a session");
        }
        return Bytes.wrap(content);
    }

    private static long checked(long value, long min, long max, String what) throws IOException {
        if (value < min || value > max) {
            throw new IOException("the snapshot tells of " + value + " " + what + ", expected " + min + " to " + max);
        }
        return value;
    }

    private record Frozen(
            long id, long timeoutMillis, int window, long lastActiveMillis, long floor, List<Session.Answer> answers) {
        private void writeTo(DataOutputStream out) throws IOException {
            out.writeLong(id);
            out.writeLong(timeoutMillis);
            out.writeInt(window);
            out.writeLong(lastActiveMillis);
            out.writeLong(floor);
            out.writeInt(answers.size());
            for (Session.Answer answer : answers) {
                out.writeLong(answer.sequence);
                Bytes content = answer.content;
                if (content == null) {
                    out.writeInt(-1);
                } else {
                    out.writeInt(content.length());
                    content.writeTo(out);
                }
            }
        }
    }

    /** The section, then the state machine's part. Owned by BULK. */
    private static final class FrozenSessions implements FrozenState {
        private final long leaderSinceMillis;
        private final int count;
        private final Iterator<Frozen> rest;
        private final FrozenState machine;
        private boolean begun;

        FrozenSessions(long leaderSinceMillis, List<Frozen> sessions, FrozenState machine) {
            this.leaderSinceMillis = leaderSinceMillis;
            this.count = sessions.size();
            this.rest = sessions.iterator();
            this.machine = machine;
        }

        @Override
        public boolean write(OutputStream out) throws IOException {
            if (begun && !rest.hasNext()) {
                return machine.write(out);
            }
            DataOutputStream data = new DataOutputStream(out);
            if (!begun) {
                begun = true;
                data.write(MARK);
                data.writeByte(VERSION);
                data.writeLong(leaderSinceMillis);
                data.writeInt(count);
            }
            while (rest.hasNext() && data.size() < PART_BYTES) {
                rest.next().writeTo(data);
            }
            data.flush();
            return rest.hasNext() || machine.write(out);
        }

        @Override
        public void close() {
            machine.close();
        }
    }
}
