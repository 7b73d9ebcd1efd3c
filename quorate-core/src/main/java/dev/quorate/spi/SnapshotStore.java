package dev.quorate.spi;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots of one node. A snapshot appears under its final name only when it is complete and durable; temporary
 * and partial files never count. One thread (BULK) writes; {@link #latest}, {@link #all} and {@link #open} may be
 * called by any thread.
 */
public interface SnapshotStore extends AutoCloseable {
    /** Where the snapshots are. */
    Path directory();

    /** The beginning of the name of each snapshot file. */
    String prefix();

    /** The newest snapshot whose checksum was verified, at start-up or when it was finished here. */
    Optional<SnapshotMetadata> latest();

    /** All verified snapshots, the newest last. */
    List<SnapshotMetadata> all();

    /** The file of a snapshot, whether it exists or not. */
    Path pathOf(SnapshotMetadata metadata);

    /**
     * Begins to write a snapshot; a left-over temporary file of an earlier attempt is removed first.
     *
     * @param lastIncluded exactly what the content will contain
     * @param chunkBytes the chunk size to record
     */
    Writer begin(LogId lastIncluded, long timeMillis, Membership membership, Bytes stateDigest, int chunkBytes)
            throws IOException;

    /**
     * Opens a snapshot for reading. While the reader is open, {@link #cleanup} leaves the file alone.
     *
     * @throws SnapshotNotFoundException when there is no such snapshot
     * @throws CorruptSnapshotException when its file does not match the metadata
     */
    Reader open(SnapshotMetadata metadata) throws IOException;

    /**
     * Begins, or resumes, to receive this snapshot from another node. A partial file of another snapshot is deleted.
     */
    Partial receive(SnapshotMetadata metadata) throws IOException;

    /**
     * Deletes verified snapshots whose last included index is below {@code beforeIndex}, and left-over temporary files.
     * The newest verified one and those being read stay; files that cannot be parsed as ours stay.
     *
     * @param directory where to look; missing: nothing to do
     * @param prefix the beginning of the names to look at, of any length
     * @return the snapshots that were deleted
     */
    List<SnapshotMetadata> cleanup(long beforeIndex, Path directory, String prefix) throws IOException;

    @Override
    void close() throws IOException;

    /** A snapshot being written under a temporary name. */
    interface Writer extends AutoCloseable {
        /** Where the content goes. */
        OutputStream content();

        /** Syncs, renames, syncs the directory: from here on the snapshot exists. Called once, last. */
        SnapshotMetadata commit() throws IOException;

        /** Without a commit before: deletes the temporary file. */
        @Override
        void close() throws IOException;
    }

    /** A snapshot being read; chunks at any place, in any order. */
    interface Reader extends AutoCloseable {
        SnapshotMetadata metadata();

        /**
         * One chunk, read without what comes before it.
         *
         * @throws ChunkOutOfRangeException when {@code seq} is outside {@code 0..totalChunks-1}
         */
        Bytes chunk(int seq) throws IOException;

        /** The whole content from its beginning, read lazily. */
        InputStream content() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** A snapshot being received from another node; what is there survives a restart. */
    interface Partial extends AutoCloseable {
        SnapshotMetadata metadata();

        /** The first chunk that is not here yet. */
        int nextSeq();

        /** Adds the chunk {@link #nextSeq()}, whose length must be right. */
        void add(Bytes chunk) throws IOException;

        /**
         * Verifies size and checksum, syncs, renames, syncs the directory: from here on the snapshot exists.
         *
         * @throws CorruptSnapshotException when the checksum is wrong: the partial file is deleted
         */
        void commit() throws IOException;

        /** Deletes what was received. */
        void discard() throws IOException;

        /** Closes the file; without a commit the partial stays for resumption. */
        @Override
        void close() throws IOException;
    }
}
