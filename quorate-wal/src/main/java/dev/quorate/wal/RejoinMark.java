package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Rejoin;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file that says what the node has lost, and how far its repair is; it is there until the node is whole. Replaced
 * as a whole, so that a crash leaves the one before or the new one. One that cannot be read says the worst.
 *
 * <pre>
 *   magic 8 · format version 4 · voted 4 · number 4 · term 8 · vote 8 · length 4 · text · CRC-32C 4
 *   text: stage, reason and what was found, with a space between them
 * </pre>
 *
 * @param stage how far the repair is
 * @param reason what was lost
 * @param hardState the term and vote that the repaired log begins with
 * @param number the directory that the damaged files are moved to
 * @param what what was found, for people
 */
record RejoinMark(Stage stage, Rejoin.Reason reason, HardState hardState, int number, String what) {
    static final String NAME = "REJOIN";
    static final String NEW_NAME = "REJOIN.new";

    private static final long MAGIC = 0x5175_6f72_526a_6f69L;
    private static final int FORMAT_VERSION = 1;
    private static final int FIXED_BYTES = 40;
    private static final int SIZE_MAX = 1 << 16;
    private static final RejoinMark UNREADABLE =
            new RejoinMark(Stage.DONE, Rejoin.Reason.VOTE_LOST, HardState.INITIAL, 0, "the mark itself is damaged");

    /** How far a repair is. */
    enum Stage {
        /** The damaged files are being moved away. */
        MOVING,
        /** They are away; the new log is being written. */
        BUILDING,
        /** The log is whole as far as the disk goes. */
        DONE
    }

    /** The mark of a directory that is new. */
    static RejoinMark firstStart() {
        return new RejoinMark(Stage.DONE, Rejoin.Reason.FIRST_START, HardState.INITIAL, 0, "a first start");
    }

    /** The mark of a directory that is new, in a cluster that begins with a snapshot whose last entry has this term. */
    static RejoinMark restored(long term) {
        HardState hardState = new HardState(term, Optional.empty());
        return new RejoinMark(Stage.DONE, Rejoin.Reason.FIRST_START, hardState, 0, "a first start from a snapshot");
    }

    /** The mark of a directory that is new in a cluster that is not. */
    static RejoinMark voteLost() {
        return new RejoinMark(
                Stage.DONE, Rejoin.Reason.VOTE_LOST, HardState.INITIAL, 0, "a first start in a cluster that had begun");
    }

    RejoinMark at(Stage next) {
        return new RejoinMark(next, reason, hardState, number, what);
    }

    /** What the protocol must know. */
    Rejoin rejoin() {
        return switch (reason) {
            case ENTRIES_LOST -> Rejoin.entriesLost(hardState.term());
            case FIRST_START -> Rejoin.firstStart(hardState.term());
            case NONE, VOTE_LOST -> new Rejoin(reason, 0);
        };
    }

    /** Replaces the mark, durably. */
    void write(Disk disk, Path directory) throws IOException {
        Bytes text = Bytes.utf8(stage.name() + " " + reason.name() + " " + what);
        ByteBuffer all = ByteBuffer.allocate(FIXED_BYTES + text.length() + Integer.BYTES)
                .putLong(MAGIC)
                .putInt(FORMAT_VERSION)
                .putInt(hardState.votedFor().isPresent() ? 1 : 0)
                .putInt(number)
                .putLong(hardState.term())
                .putLong(hardState.votedFor().map(NodeId::value).orElse(0L))
                .putInt(text.length());
        text.copyTo(all);
        all.putInt(RecordFormat.crcOf(all, 0, all.position(), new CRC32C()));
        Path begun = directory.resolve(NEW_NAME);
        disk.delete(begun);
        try (DiskFile file = disk.open(begun, Open.CREATE)) {
            file.write(all.flip(), 0);
            file.force();
        }
        disk.rename(begun, directory.resolve(NAME));
        disk.forceDirectory(directory);
    }

    /** Takes the mark away, durably. */
    static void remove(Disk disk, Path directory) throws IOException {
        disk.delete(directory.resolve(NAME));
        disk.forceDirectory(directory);
    }

    /** The mark of a directory, empty for a node that is whole. */
    static Optional<RejoinMark> read(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        ByteBuffer all;
        try (DiskFile file = disk.open(path, Open.READ)) {
            all = ByteBuffer.allocate((int) Math.min(SIZE_MAX, file.size()));
            file.read(all, 0);
        } catch (IOException unreadable) {
            return Optional.of(UNREADABLE);
        }
        return Optional.of(decode(all.flip()));
    }

    private static RejoinMark decode(ByteBuffer all) {
        int crcAt = all.limit() - Integer.BYTES;
        if (crcAt < FIXED_BYTES || RecordFormat.crcOf(all, 0, crcAt, new CRC32C()) != all.getInt(crcAt)) {
            return UNREADABLE;
        }
        if (all.getLong() != MAGIC || all.getInt() != FORMAT_VERSION) {
            return UNREADABLE;
        }
        boolean voted = all.getInt() != 0;
        int number = all.getInt();
        long term = all.getLong();
        long vote = all.getLong();
        byte[] text = new byte[all.getInt()];
        all.get(text);
        HardState hardState = new HardState(term, voted ? Optional.of(NodeId.of(vote)) : Optional.empty());
        String[] words = Bytes.wrap(text).toUtf8().split(" ", 3);
        return new RejoinMark(Stage.valueOf(words[0]), Rejoin.Reason.valueOf(words[1]), hardState, number, words[2]);
    }
}
