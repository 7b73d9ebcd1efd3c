package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.SnapshotMetadata;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A snapshot outside of any data directory, as a client of a server wrote it down; one thread.
 *
 * <pre>
 *   the file of the snapshot: see {@link SnapshotFormat} · zeros up to a multiple of 512 bytes · SHA-256 of all that
 * </pre>
 *
 * <p>It was read from its first byte to its last, and all its checksums are right, when {@link #open} returns.
 */
public final class SavedSnapshot implements AutoCloseable {
    private static final int PAGE_BYTES = 512;
    private static final int SHA_256_BYTES = 32;
    private static final int PIECE_BYTES = 1 << 18;

    private final DiskFile file;
    private final SnapshotMetadata metadata;
    private final Bytes sha256;

    private SavedSnapshot(DiskFile file, SnapshotMetadata metadata, Bytes sha256) {
        this.file = file;
        this.metadata = metadata;
        this.sha256 = sha256;
    }

    /** As {@link #open(Disk, Path)}, on the file system of this machine. */
    public static SavedSnapshot open(Path path) throws IOException {
        return open(new FileDisk(), path);
    }

    /**
     * Reads and verifies a saved snapshot.
     *
     * @throws CorruptSnapshotException saying what is wrong with it
     */
    static SavedSnapshot open(Disk disk, Path path) throws IOException {
        DiskFile file = disk.open(path, Open.READ);
        boolean whole = false;
        try {
            long pages = file.size() - SHA_256_BYTES;
            if (pages <= 0 || pages % PAGE_BYTES != 0) {
                throw new CorruptSnapshotException(path + " is not a whole snapshot: it has " + file.size() + " bytes");
            }
            MessageDigest digest = newSha256();
            copy(file, pages, digest::update);
            Bytes found = Bytes.wrap(digest.digest());
            if (!found.equals(Bytes.copyOf(SnapshotFormat.read(file, pages, SHA_256_BYTES)))) {
                throw new CorruptSnapshotException(path + " is damaged: its SHA-256 is not the one at its end");
            }
            SavedSnapshot saved = new SavedSnapshot(file, metadata(path, file, pages), found);
            saved.verifyContent(path);
            whole = true;
            return saved;
        } finally {
            if (!whole) {
                file.close();
            }
        }
    }

    /** What the snapshot is, as its server knew it. */
    public SnapshotMetadata metadata() {
        return metadata;
    }

    /** The SHA-256 at the end of the file. */
    public Bytes sha256() {
        return sha256;
    }

    /** The size of the whole file. */
    public long bytes() throws IOException {
        return file.size();
    }

    /** Writes the content, without what stands behind it. */
    void copyContent(OutputStream to) throws IOException {
        copy(file, metadata.sizeBytes(), to::write);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static SnapshotMetadata metadata(Path path, DiskFile file, long pages) throws IOException {
        try {
            return SnapshotFormat.readFooter(file, withoutPadding(file, pages)).metadata();
        } catch (SnapshotDamage damage) {
            throw new CorruptSnapshotException(path + " holds no snapshot of Quorate: " + damage.getMessage(), damage);
        }
    }

    private static long withoutPadding(DiskFile file, long pages) throws IOException {
        ByteBuffer last = SnapshotFormat.read(file, pages - PAGE_BYTES, PAGE_BYTES);
        int length = PAGE_BYTES;
        while (length > 0 && last.get(length - 1) == 0) {
            length--;
        }
        return pages - PAGE_BYTES + length;
    }

    private void verifyContent(Path path) throws IOException {
        ContentChecksums checksums = new ContentChecksums(metadata.chunkBytes());
        copy(file, metadata.sizeBytes(), checksums::update);
        if (!checksums.finish().equals(metadata.checksum())) {
            throw new CorruptSnapshotException(path + " is damaged: the content does not match its SHA-256");
        }
    }

    private static void copy(DiskFile file, long bytes, Sink to) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        for (long at = 0; at < bytes; ) {
            int length = (int) Math.min(PIECE_BYTES, bytes - at);
            if (file.read(ByteBuffer.wrap(piece, 0, length), at) < length) {
                throw new SnapshotDamage("the file became shorter while it was read");
            }
            to.take(piece, 0, length);
            at += length;
        }
    }

    /** Takes the bytes of the file one piece after the other. */
    private interface Sink {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
