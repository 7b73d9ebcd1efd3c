package dev.quorate.spi;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;

/**
 * What a snapshot is: exactly the state after {@code lastIncluded}.
 *
 * @param lastIncluded the last entry whose effects it contains, and no later one
 * @param timeMillis the cluster time of that entry, so that time does not fall when the log is empty behind it
 * @param membership the membership at that entry
 * @param stateDigest the digest of the logical content, empty when the state machine offers none
 * @param sizeBytes the size of the content
 * @param chunkBytes the size of each chunk but the last
 * @param checksum SHA-256 over the content, 32 bytes
 */
public record SnapshotMetadata(
        LogId lastIncluded,
        long timeMillis,
        Membership membership,
        Bytes stateDigest,
        long sizeBytes,
        int chunkBytes,
        Bytes checksum) {

    public SnapshotMetadata {
        if (lastIncluded.index() < 1 || sizeBytes < 0 || chunkBytes < 1 || checksum.length() != 32) {
            throw new IllegalArgumentException("no snapshot: last included " + lastIncluded + ", " + sizeBytes
                    + " bytes in chunks of " + chunkBytes + ", checksum of " + checksum.length() + " bytes");
        }
        if (sizeBytes > (long) Integer.MAX_VALUE * chunkBytes) {
            throw new IllegalArgumentException(
                    sizeBytes + " bytes in chunks of " + chunkBytes + " are too many chunks");
        }
    }

    /** The number of chunks; an empty snapshot has one empty chunk. */
    public int totalChunks() {
        return (int) Math.max(1, (sizeBytes + chunkBytes - 1) / chunkBytes);
    }

    /** The size of this chunk in bytes, {@code seq} from 0 to {@code totalChunks - 1}. */
    public int chunkLength(int seq) {
        return (int) Math.min(chunkBytes, sizeBytes - (long) seq * chunkBytes);
    }
}
