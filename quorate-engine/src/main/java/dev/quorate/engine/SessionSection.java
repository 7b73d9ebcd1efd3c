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
        into.leadSince(data.readLong());
        int count = checked(data.readInt(), 0, SessionEntry.SESSIONS_MAX, "sessions");
        for (int i = 0; i < count; i++) {
            readSession(data, into);
        }
        return in;
    }

    private static void readSession(DataInputStream data, SessionTable into) throws IOException {
        long id = data.readLong();
        long timeoutMillis = data.readLong();
        int window = checked(data.readInt(), 1, SessionEntry.IN_FLIGHT_MAX, "a window");
        long lastActiveMillis = data.readLong();
        Session session = new Session(id, timeoutMillis, window, lastActiveMillis, data.readLong());
        into.add(session);
        int answers = checked(data.readInt(), 0, window, "answers");
        for (int i = 0; i < answers; i++) {
            long sequence = data.readLong();
            if (sequence < session.floor() || sequence - session.floor() >= window) {
                throw new IOException("session " + id + " of the snapshot has an answer to " + sequence
                        + " outside its window of " + window + " from " + session.floor());
            }
            into.keep(session, new Session.Answer(sequence, readContent(data)));
        }
        into.reprint(session);
    }

    private static @org.jspecify.annotations.Nullable Bytes readContent(DataInputStream data) throws IOException {
        int length = data.readInt();
        if (length == -1) {
            return null;
        }
        byte[] content = data.readNBytes(checked(length, 0, Integer.MAX_VALUE, "bytes of an answer"));
        if (content.length != length) {
            throw new IOException("the snapshot ends in the middle of an answer of a session");
        }
        return Bytes.wrap(content);
    }

    private static int checked(int value, int min, int max, String what) throws IOException {
        if (value < min || value > max) {
            throw new IOException("the snapshot tells of " + value + " " + what + ", expected " + min + " to " + max);
        }
        return value;
    }

    private record Frozen(
            long id, long timeoutMillis, int window, long lastActiveMillis, long floor, Session.Answer[] answers) {
        private void writeTo(DataOutputStream out) throws IOException {
            out.writeLong(id);
            out.writeLong(timeoutMillis);
            out.writeInt(window);
            out.writeLong(lastActiveMillis);
            out.writeLong(floor);
            out.writeInt(answers.length);
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
