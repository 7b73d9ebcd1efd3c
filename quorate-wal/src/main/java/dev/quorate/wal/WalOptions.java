package dev.quorate.wal;

/**
 * How the log uses its disk.
 *
 * @param segmentBytes the size of a full-grown segment, from {@link #SEGMENT_BYTES_MIN} to {@link #SEGMENT_BYTES_MAX};
 *     bounds the size of an entry
 * @param firstSegmentBytes the size of the first segment; each next one is twice as large until {@code segmentBytes},
 *     so that a new node starts at once and a small one stays small
 * @param prepareSliceBytes how much of the next segment is prepared at most between two appends
 * @param bufferBytes how much is gathered before it is handed to the operating system
 * @param sparesMax how many old segments are kept to be used again
 */
public record WalOptions(
        int segmentBytes, int firstSegmentBytes, int prepareSliceBytes, int bufferBytes, int sparesMax) {

    /** The smallest segment. */
    public static final int SEGMENT_BYTES_MIN = 4 << 10;

    /** The largest segment. */
    public static final int SEGMENT_BYTES_MAX = 1 << 30;

    /** 64 MiB segments that grow from 1 MiB, slices of 512 KiB, a buffer of 1 MiB, 2 spares. */
    public static final WalOptions DEFAULT = new WalOptions(64 << 20, 1 << 20, 512 << 10, 1 << 20, 2);

    public WalOptions {
        if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX || segmentBytes % 512 != 0) {
            throw new IllegalArgumentException("a segment of " + segmentBytes + " bytes: multiples of 512 from "
                    + SEGMENT_BYTES_MIN + " to " + SEGMENT_BYTES_MAX + " are possible");
        }
        if (firstSegmentBytes < SEGMENT_BYTES_MIN || firstSegmentBytes > segmentBytes || firstSegmentBytes % 512 != 0) {
            throw new IllegalArgumentException("a first segment of " + firstSegmentBytes
                    + " bytes: multiples of 512 from " + SEGMENT_BYTES_MIN + " to " + segmentBytes + " are possible");
        }
        if (prepareSliceBytes < 512 || bufferBytes < 512 || sparesMax < 0) {
            throw new IllegalArgumentException("slices of " + prepareSliceBytes + " bytes, a buffer of " + bufferBytes
                    + " bytes, " + sparesMax + " spares");
        }
    }
}
