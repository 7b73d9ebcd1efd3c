package dev.quorate.wal;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.SnapshotMetadata;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a snapshot lies in its file: the content first, so that chunk n begins at n × chunkBytes; numbers are big-endian.
 *
 * <pre>
 *   content                          sizeBytes
 *   ┌ metadata                       term 8 · index 8 · timeMillis 8 · sizeBytes 8 · chunkBytes 4 · SHA-256 32 ·
 *   │                                digest length 4 · digest · membership length 4 · membership
 *   │ checksum of each chunk         CRC-32C 4 × totalChunks
 *   └ trailer                        metadata length 4 · chunks 4 · format version 4 · CRC-32C over footer 4 · magic 8
 * </pre>
 *
 * <p>The file beside a partial snapshot holds the same metadata and checksums, these as far as chunks have come:
 *
 * <pre>
 *   magic 8 · metadata length 4 · CRC-32C over metadata 4 · metadata · CRC-32C 4 for each chunk
 * </pre>
 */
final class SnapshotFormat {
    /** Its last byte is not zero, which shows where a snapshot ends that zeros follow. */
    private static final long MAGIC = 0x5175_6f72_536e_6131L;

    private static final long PARTIAL_MAGIC = 0x5175_6f72_5061_7231L;
    private static final int FORMAT_VERSION = 1;
    private static final int TRAILER_BYTES = 24;
    private static final int TRAILER_CRC_AT = 12;
    private static final int PARTIAL_HEADER_BYTES = 16;
    private static final int METADATA_BYTES_MAX = 1 << 24;

    private SnapshotFormat() {}

    /** What stands behind the content. */
    record Footer(SnapshotMetadata metadata, ChunkChecksums checksums) {}

    /** The CRC-32C of each chunk, in order; grows by one owner, then never changes. */
    static final class ChunkChecksums {
        private int[] values = new int[16];
        private int count;

        int count() {
            return count;
        }

        int at(int seq) {
            return values[seq];
        }

        void add(int checksum) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = checksum;
        }
    }

    /** The bytes behind the content of a finished snapshot. */
    static ByteBuffer footer(SnapshotMetadata metadata, ChunkChecksums checksums) {
        Bytes encoded = encode(metadata);
        int footerBytes = encoded.length() + checksums.count() * Integer.BYTES + TRAILER_BYTES;
        ByteBuffer footer = ByteBuffer.allocate(footerBytes);
        encoded.copyTo(footer);
        for (int seq = 0; seq < checksums.count(); seq++) {
            footer.putInt(checksums.at(seq));
        }
        footer.putInt(encoded.length()).putInt(checksums.count()).putInt(FORMAT_VERSION);
        footer.putInt(RecordFormat.crcOf(footer, 0, footer.position(), new CRC32C()));
        return footer.putLong(MAGIC).flip();
    }

    /** Reads what stands behind the content; {@link SnapshotDamage} says what is wrong with it. */
    static Footer readFooter(DiskFile file) throws IOException {
        return readFooter(file, file.size());
    }

    /** As {@link #readFooter(DiskFile)}, of a snapshot that takes the first {@code size} bytes of a file. */
    static Footer readFooter(DiskFile file, long size) throws IOException {
        ByteBuffer trailer = read(file, size - TRAILER_BYTES, TRAILER_BYTES);
        int metadataBytes = trailer.getInt();
        int chunks = trailer.getInt();
        int version = trailer.getInt();
        if (trailer.getLong(TRAILER_BYTES - Long.BYTES) != MAGIC) {
            throw new SnapshotDamage("the file does not end as a snapshot does");
        }
        if (version != FORMAT_VERSION) {
            throw new SnapshotDamage("format version " + version + ", known is " + FORMAT_VERSION);
        }
        long footerBytes = TRAILER_BYTES + metadataBytes + (long) chunks * Integer.BYTES;
        if (metadataBytes < 0 || chunks < 1 || footerBytes > Math.min(size, Integer.MAX_VALUE)) {
            throw new SnapshotDamage("metadata of " + metadataBytes + " bytes for " + chunks + " chunks");
        }
        ByteBuffer footer = read(file, size - footerBytes, (int) footerBytes);
        int crcAt = (int) footerBytes - TRAILER_BYTES + TRAILER_CRC_AT;
        if (RecordFormat.crcOf(footer, 0, crcAt, new CRC32C()) != footer.getInt(crcAt)) {
            throw new SnapshotDamage("the metadata does not match its checksum");
        }
        SnapshotMetadata metadata = decode(footer, metadataBytes);
        if (metadata.sizeBytes() != size - footerBytes || metadata.totalChunks() != chunks) {
            throw new SnapshotDamage((size - footerBytes) + " bytes of content instead of " + metadata.sizeBytes());
        }
        ChunkChecksums checksums = new ChunkChecksums();
        while (checksums.count() < chunks) {
            checksums.add(footer.getInt());
        }
        return new Footer(metadata, checksums);
    }

    /** The beginning of the file beside a partial snapshot. */
    static ByteBuffer partialHeader(SnapshotMetadata metadata) {
        Bytes encoded = encode(metadata);
        ByteBuffer header = ByteBuffer.allocate(PARTIAL_HEADER_BYTES + encoded.length());
        header.putLong(PARTIAL_MAGIC).putInt(encoded.length()).putInt(0);
        encoded.copyTo(header);
        int crc = RecordFormat.crcOf(header, PARTIAL_HEADER_BYTES, encoded.length(), new CRC32C());
        return header.putInt(Long.BYTES + Integer.BYTES, crc).flip();
    }

    /** What a partial snapshot is of; empty when the file beside it is not whole. */
    static Optional<SnapshotMetadata> readPartialHeader(DiskFile file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(PARTIAL_HEADER_BYTES);
        if (file.read(start, 0) < PARTIAL_HEADER_BYTES || start.getLong(0) != PARTIAL_MAGIC) {
            return Optional.empty();
        }
        int length = start.getInt(Long.BYTES);
        if (length < 0 || length > METADATA_BYTES_MAX || length > file.size()) {
            return Optional.empty();
        }
        ByteBuffer encoded = ByteBuffer.allocate(length);
        if (file.read(encoded, PARTIAL_HEADER_BYTES) < length
                || RecordFormat.crcOf(encoded, 0, length, new CRC32C()) != start.getInt(Long.BYTES + Integer.BYTES)) {
            return Optional.empty();
        }
        try {
            return Optional.of(decode(encoded.flip(), length));
        } catch (SnapshotDamage e) {
            return Optional.empty();
        }
    }

    /** Reads a range that must be there. */
    static ByteBuffer read(DiskFile file, long at, int length) throws IOException {
        if (at < 0 || length < 0) {
            throw new SnapshotDamage("the file is too short");
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        if (file.read(buffer, at) < length) {
            throw new SnapshotDamage("the file is too short");
        }
        return buffer.flip();
    }

    private static Bytes encode(SnapshotMetadata metadata) {
        Bytes membership = MembershipFormat.encode(metadata.membership());
        Bytes digest = metadata.stateDigest();
        ByteBuffer encoded = ByteBuffer.allocate(76 + digest.length() + membership.length())
                .putLong(metadata.lastIncluded().term())
                .putLong(metadata.lastIncluded().index())
                .putLong(metadata.timeMillis())
                .putLong(metadata.sizeBytes())
                .putInt(metadata.chunkBytes());
        metadata.checksum().copyTo(encoded);
        digest.copyTo(encoded.putInt(digest.length()));
        membership.copyTo(encoded.putInt(membership.length()));
        return Bytes.wrap(encoded.array());
    }

    private static SnapshotMetadata decode(ByteBuffer in, int length) throws SnapshotDamage {
        int end = in.position() + length;
        try {
            LogId lastIncluded = new LogId(in.getLong(), in.getLong());
            long timeMillis = in.getLong();
            long sizeBytes = in.getLong();
            int chunkBytes = in.getInt();
            Bytes checksum = bytes(in, 32);
            Bytes digest = bytes(in, in.getInt());
            Bytes membership = bytes(in, in.getInt());
            if (in.position() != end) {
                throw new SnapshotDamage("metadata of " + length + " bytes ends elsewhere");
            }
            return new SnapshotMetadata(
                    lastIncluded,
                    timeMillis,
                    MembershipFormat.decode(membership),
                    digest,
                    sizeBytes,
                    chunkBytes,
                    checksum);
        } catch (BufferUnderflowException e) {
            throw new SnapshotDamage("metadata of " + length + " bytes ends in the middle");
        } catch (IllegalArgumentException e) {
            throw new SnapshotDamage("metadata of no meaning: " + e.getMessage());
        }
    }

    private static Bytes bytes(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a part of " + length + " bytes");
        }
        byte[] part = new byte[length];
        in.get(part);
        return Bytes.wrap(part);
    }
}
