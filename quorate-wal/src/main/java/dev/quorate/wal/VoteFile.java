package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The second copy of term and vote, in one sector that is written over; owned by the LOG thread.
 *
 * <pre>
 *   magic 8 · format version 4 · voted 4 · term 8 · vote 8 · CRC-32C 4
 * </pre>
 *
 * <p>It is written and synced after the log was, and before anyone is told. So a whole copy never says more than a
 * whole log, and when it does, the log lost its end; a copy that says less was overtaken by a crash; a torn one is made
 * anew from the log. Entries can be had from others, a vote can not: it takes two damages to lose it.
 */
final class VoteFile implements AutoCloseable {
    private static final long MAGIC = 0x5175_6f72_566f_7465L;
    private static final int FORMAT_VERSION = 1;
    private static final int SIZE = 36;

    private final DiskFile file;
    /** What was written by this process. */
    private Optional<HardState> written = Optional.empty();

    private VoteFile(DiskFile file) {
        this.file = file;
    }

    /** Makes the file; its name is durable with the next force of its directory. */
    static void create(Disk disk, Path path) throws IOException {
        try (VoteFile vote = new VoteFile(disk.open(path, Open.CREATE))) {
            vote.save(HardState.INITIAL);
        }
    }

    /** Opens the file for writing, and makes it when it is missing. */
    static VoteFile open(Disk disk, Path directory, Path path) throws IOException {
        if (!disk.exists(path)) {
            create(disk, path);
            disk.forceDirectory(directory);
        }
        return new VoteFile(disk.open(path, Open.WRITE));
    }

    /** What the file says, empty when it is missing or not whole. */
    static Optional<HardState> read(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        ByteBuffer all = ByteBuffer.allocate(SIZE);
        try (DiskFile file = disk.open(path, Open.READ)) {
            file.read(all, 0);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        if (all.position() < SIZE
                || RecordFormat.crcOf(all, 0, SIZE - Integer.BYTES, new CRC32C()) != all.getInt(SIZE - Integer.BYTES)) {
            return Optional.empty();
        }
        all.flip();
        if (all.getLong() != MAGIC || all.getInt() != FORMAT_VERSION) {
            return Optional.empty();
        }
        boolean voted = all.getInt() != 0;
        long term = all.getLong();
        long vote = all.getLong();
        return Optional.of(new HardState(term, voted ? Optional.of(NodeId.of(vote)) : Optional.empty()));
    }

    /** Throws when the file, which is whole, knows more than the log does. */
    static void checkNotAhead(Disk disk, LogFiles files, LogState state) throws IOException {
        Optional<HardState> copy = read(disk, files.vote());
        if (copy.isPresent() && isAhead(copy.get(), state.hardState())) {
            throw new CorruptLogException(
                    files.vote().toString(),
                    0,
                    state.nextIndex(),
                    "the node was in term " + copy.get().term()
                            + copy.get()
                                    .votedFor()
                                    .map(id -> " and voted for node " + id)
                                    .orElse("")
                            + ", but the log ends in term " + state.hardState().term() + ": it lost its end");
        }
    }

    /** The later of what the file and the log say. */
    static HardState later(HardState copy, HardState log) {
        return isAhead(copy, log) ? copy : log;
    }

    private static boolean isAhead(HardState copy, HardState log) {
        return copy.term() > log.term()
                || (copy.term() == log.term()
                        && copy.votedFor().isPresent()
                        && log.votedFor().isEmpty());
    }

    /** Writes and syncs a new term or vote; nothing when it is not new. */
    void save(HardState hardState) throws IOException {
        if (written.equals(Optional.of(hardState))) {
            return;
        }
        ByteBuffer all = ByteBuffer.allocate(SIZE)
                .putLong(MAGIC)
                .putInt(FORMAT_VERSION)
                .putInt(hardState.votedFor().isPresent() ? 1 : 0)
                .putLong(hardState.term())
                .putLong(hardState.votedFor().map(NodeId::value).orElse(0L));
        all.putInt(RecordFormat.crcOf(all, 0, SIZE - Integer.BYTES, new CRC32C()));
        file.write(all.flip(), 0);
        file.force();
        written = Optional.of(hardState);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
