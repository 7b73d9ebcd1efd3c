package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a record lies in a segment; all numbers big-endian, records begin at multiples of 8.
 *
 * <pre>
 *    0  headerCrc    CRC-32C over bytes 4..47, xor the salt of the segment's epoch
 *    4  payloadCrc   CRC-32C over the payload
 *    8  payloadLength
 *   12  durable      everything in this segment below this offset was synced before this record was written
 *   16  link         headerCrc of the record before, across segments too
 *   20  kind         (1 byte), then 3 bytes of zero
 *   24  term
 *   32  index
 *   40  timeMillis
 *   48  payload, filled up with zeros to a multiple of 8
 * </pre>
 *
 * <p>The header has a checksum of its own, so that a header that is found alone proves two things: a record was written
 * here in this epoch, and everything below its watermark {@code durable} was synced by then.
 *
 * <pre>
 *   entry       term, index, timeMillis of the entry; its payload
 *   HARD_STATE  term; the payload is the vote (8 bytes), or nothing
 *   TRUNCATE    index: the first that is dropped
 *   RESET       term, index: the position that the log begins after
 *   PURGE       term, index: the position that the log begins after
 *   START       term, index: the last entry before; payload: term, voted (1 byte), vote, term and index of purged
 *   SEAL, OPENED, CLOSED: nothing more
 * </pre>
 */
final class RecordFormat {
    static final int HEADER_BYTES = 48;
    static final int START_PAYLOAD_BYTES = 33;
    static final int ALIGNMENT = 8;

    private static final int PAYLOAD_CRC_AT = 4;
    private static final int LENGTH_AT = 8;
    private static final int DURABLE_AT = 12;
    private static final int LINK_AT = 16;
    private static final int KIND_AT = 20;
    private static final int TERM_AT = 24;
    private static final int INDEX_AT = 32;
    private static final int TIME_AT = 40;

    private RecordFormat() {}

    /** A header that was read and whose checksum was right. */
    record Header(
            int crc,
            int payloadCrc,
            int payloadLength,
            int durable,
            int link,
            int kindCode,
            long term,
            long index,
            long timeMillis) {

        /** The bytes from this record to the next. */
        long recordBytes() {
            return RecordFormat.recordBytes(payloadLength);
        }

        LogId id() {
            return new LogId(term, index);
        }
    }

    /** What a START record says of the log before its segment. */
    record Start(HardState hardState, LogId purged) {}

    /** The salt of the checksums of an epoch. */
    static int salt(long epoch) {
        return (int) ((epoch * 0x9e37_79b9_7f4a_7c15L) >>> 32);
    }

    static long recordBytes(int payloadLength) {
        return HEADER_BYTES + (((long) payloadLength + ALIGNMENT - 1) & -ALIGNMENT);
    }

    /**
     * Writes a header at a place of the buffer, in front of its payload, which is there already.
     *
     * @return the checksum of the header, which the next record links to
     */
    static int putHeader(
            ByteBuffer buffer,
            int at,
            CRC32C crc,
            int salt,
            int payloadLength,
            int durable,
            int link,
            RecordKind kind,
            long term,
            long index,
            long timeMillis) {
        buffer.putInt(at + PAYLOAD_CRC_AT, crcOf(buffer, at + HEADER_BYTES, payloadLength, crc));
        buffer.putInt(at + LENGTH_AT, payloadLength);
        buffer.putInt(at + DURABLE_AT, durable);
        buffer.putInt(at + LINK_AT, link);
        buffer.putInt(at + KIND_AT, kind.code() << 24);
        buffer.putLong(at + TERM_AT, term);
        buffer.putLong(at + INDEX_AT, index);
        buffer.putLong(at + TIME_AT, timeMillis);
        int headerCrc = crcOf(buffer, at + PAYLOAD_CRC_AT, HEADER_BYTES - PAYLOAD_CRC_AT, crc) ^ salt;
        buffer.putInt(at, headerCrc);
        return headerCrc;
    }

    /** True when the bytes at a place are a header of this epoch that can stand at this offset of the segment. */
    static boolean isHeader(ByteBuffer buffer, int at, CRC32C crc, int salt, long offset) {
        int kindWord = buffer.getInt(at + KIND_AT);
        int durable = buffer.getInt(at + DURABLE_AT);
        return kindWord != 0
                && (kindWord & 0xffffff) == 0
                && durable >= 0
                && durable <= offset
                && buffer.getInt(at + LENGTH_AT) >= 0
                && buffer.getInt(at) == (crcOf(buffer, at + PAYLOAD_CRC_AT, HEADER_BYTES - PAYLOAD_CRC_AT, crc) ^ salt);
    }

    /** False when there is no kind where a header at this place would have it. */
    static boolean hasKind(ByteBuffer buffer, int at) {
        return buffer.getInt(at + KIND_AT) != 0;
    }

    /** The first place of the grid where a header could stand whose kind is not wholly before this byte. */
    static int placeOfKind(int byteAt) {
        return (byteAt - KIND_AT) & -ALIGNMENT;
    }

    /** Reads a header that {@link #isHeader}. */
    static Header header(ByteBuffer buffer, int at) {
        return new Header(
                buffer.getInt(at),
                buffer.getInt(at + PAYLOAD_CRC_AT),
                buffer.getInt(at + LENGTH_AT),
                buffer.getInt(at + DURABLE_AT),
                buffer.getInt(at + LINK_AT),
                buffer.get(at + KIND_AT) & 0xff,
                buffer.getLong(at + TERM_AT),
                buffer.getLong(at + INDEX_AT),
                buffer.getLong(at + TIME_AT));
    }

    /** True when the payload behind the header at a place is whole; it must be in the buffer. */
    static boolean isPayload(ByteBuffer buffer, int at, CRC32C crc) {
        int length = buffer.getInt(at + LENGTH_AT);
        return crcOf(buffer, at + HEADER_BYTES, length, crc) == buffer.getInt(at + PAYLOAD_CRC_AT);
    }

    static int crcOf(ByteBuffer buffer, int at, int length, CRC32C crc) {
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(at + length).position(at);
        crc.reset();
        crc.update(buffer);
        buffer.limit(limit).position(position);
        return (int) crc.getValue();
    }

    static Bytes votePayload(HardState hardState) {
        return hardState
                .votedFor()
                .map(vote -> Bytes.wrap(
                        ByteBuffer.allocate(Long.BYTES).putLong(vote.value()).array()))
                .orElse(Bytes.EMPTY);
    }

    static HardState hardState(long term, ByteBuffer payload) {
        return new HardState(
                term, payload.hasRemaining() ? Optional.of(NodeId.of(payload.getLong())) : Optional.empty());
    }

    static Bytes startPayload(HardState hardState, LogId purged) {
        return Bytes.wrap(ByteBuffer.allocate(START_PAYLOAD_BYTES)
                .putLong(hardState.term())
                .put((byte) (hardState.votedFor().isPresent() ? 1 : 0))
                .putLong(hardState.votedFor().map(NodeId::value).orElse(0L))
                .putLong(purged.term())
                .putLong(purged.index())
                .array());
    }

    static Start start(ByteBuffer payload) {
        long term = payload.getLong();
        boolean voted = payload.get() != 0;
        long vote = payload.getLong();
        HardState hardState = new HardState(term, voted ? Optional.of(NodeId.of(vote)) : Optional.empty());
        return new Start(hardState, new LogId(payload.getLong(), payload.getLong()));
    }
}
