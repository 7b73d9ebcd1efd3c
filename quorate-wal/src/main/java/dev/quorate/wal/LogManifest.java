package dev.quorate.wal;

import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which segments belong to the log; owned by the LOG thread. What is in the segments is said by the segments alone: the
 * manifest is there so that a file that vanished is missed, and so that one that is no longer needed is known as such.
 *
 * <pre>
 *   two slots of 4096 bytes:  magic 8 · format version 4 · zero 4 · revision 8 · first 8 · last 8 ·
 *                             nextEpoch 8 · CRC-32C 4
 * </pre>
 *
 * <p>A change writes and syncs one slot, then the other: a torn slot leaves the other with the state before or after,
 * and rot in one slot leaves the other with the same state. Both are always there, so a change needs no space, not even
 * on a full disk, where a purge is what gives space back.
 */
final class LogManifest implements AutoCloseable {
    private static final long MAGIC = 0x5175_6f72_4d61_6e31L;
    private static final int FORMAT_VERSION = 1;
    private static final int SLOT_BYTES = 4096;
    private static final int USED_BYTES = 52;
    private static final long SEGMENTS_MAX = 1L << 32;

    private final DiskFile file;
    private State state;

    /**
     * A state of the manifest.
     *
     * @param revision one more than that of the state before
     * @param first the sequence number of the first segment
     * @param last the sequence number of the last one, which may not hold records yet; at least {@code first}
     * @param nextEpoch the first epoch that no segment has had
     */
    record State(long revision, long first, long last, long nextEpoch) {
        private boolean isPossible() {
            return first >= 1 && last >= first && last - first < SEGMENTS_MAX && nextEpoch >= 1;
        }

        State withFirst(long newFirst) {
            return new State(revision + 1, newFirst, last, nextEpoch);
        }

        State withNextSegment() {
            return new State(revision + 1, first, last + 1, nextEpoch + 1);
        }
    }

    private LogManifest(DiskFile file, State state) {
        this.file = file;
        this.state = state;
    }

    /** Writes the manifest of a log with one segment of sequence 1 and epoch 1; the directory is not synced. */
    static void create(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path, Open.CREATE)) {
            State state = new State(1, 1, 1, 2);
            ByteBuffer both = ByteBuffer.allocate(2 * SLOT_BYTES);
            both.put(0, encode(state), 0, SLOT_BYTES);
            both.put(SLOT_BYTES, encode(state), 0, SLOT_BYTES);
            file.write(both, 0);
            file.force();
        }
    }

    static LogManifest open(Disk disk, Path path, Open how) throws IOException {
        DiskFile file;
        try {
            file = disk.open(path, how);
        } catch (NoSuchFileException e) {
            throw damaged(path, "the file is missing", e);
        }
        try {
            return new LogManifest(file, read(file, path));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    State state() {
        return state;
    }

    /** Makes another state durable. */
    void update(State next) throws IOException {
        write(0, next);
        write(1, next);
        state = next;
    }

    /**
     * Writes the present state into each slot that does not hold it, after a crash between the two or rot in one. The
     * slot that is whole is left alone meanwhile.
     */
    void repair() throws IOException {
        for (int number = 0; number < 2; number++) {
            if (!slot(file, number).equals(Optional.of(state))) {
                write(number, state);
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void write(int number, State next) throws IOException {
        try {
            file.write(ByteBuffer.wrap(encode(next)), (long) number * SLOT_BYTES);
        } catch (StorageFullException e) {
            throw new IOException("no space inside of the manifest", e);
        }
        file.force();
    }

    private static State read(DiskFile file, Path path) throws IOException {
        Optional<State> one = slot(file, 0);
        Optional<State> two = slot(file, 1);
        if (one.isPresent() && two.isPresent()) {
            return one.get().revision() >= two.get().revision() ? one.get() : two.get();
        }
        return one.or(() -> two).orElseThrow(() -> damaged(path, "neither of its two copies is whole", null));
    }

    private static Optional<State> slot(DiskFile file, int number) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(USED_BYTES);
        try {
            if (file.read(slot, (long) number * SLOT_BYTES) < USED_BYTES) {
                return Optional.empty();
            }
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        int crc = RecordFormat.crcOf(slot, 0, USED_BYTES - Integer.BYTES, new CRC32C());
        slot.flip();
        if (slot.getLong() != MAGIC || slot.getInt() != FORMAT_VERSION || slot.getInt() != 0) {
            return Optional.empty();
        }
        State state = new State(slot.getLong(), slot.getLong(), slot.getLong(), slot.getLong());
        return slot.getInt() == crc && state.isPossible() ? Optional.of(state) : Optional.empty();
    }

    private static byte[] encode(State state) {
        ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES)
                .putLong(MAGIC)
                .putInt(FORMAT_VERSION)
                .putInt(0)
                .putLong(state.revision())
                .putLong(state.first())
                .putLong(state.last())
                .putLong(state.nextEpoch());
        slot.putInt(RecordFormat.crcOf(slot, 0, USED_BYTES - Integer.BYTES, new CRC32C()));
        return slot.array();
    }

    private static CorruptLogException damaged(Path path, String what, @Nullable Throwable cause) {
        CorruptLogException damage = new CorruptLogException(path.toString(), 0, 0, what);
        if (cause != null) {
            damage.initCause(cause);
        }
        return damage;
    }
}
