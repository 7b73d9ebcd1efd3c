package dev.quorate.spi;

import dev.quorate.raft.NodeId;
import java.util.Optional;

/**
 * One piece of a snapshot on its way to a follower.
 *
 * @param leaderTerm the term of the sender, not of the snapshot
 * @param leaderId the sender
 * @param seq its place, from 0
 * @param totalChunks how many there are, at least 1
 * @param crc32c CRC-32C over {@code data}
 * @param metadata in chunk 0, and in the first chunk after a resumption: what is being sent
 */
public record SnapshotChunk(
        long leaderTerm,
        NodeId leaderId,
        int seq,
        int totalChunks,
        int crc32c,
        Optional<SnapshotMetadata> metadata,
        Bytes data) {}
