package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The digest of everything that can be read from the store, at any revision that is not compacted: equal on replicas
 * that hold the same, whether they replayed the log or restored a snapshot, and however far the freeing of compacted
 * changes has got.
 *
 * <pre>
 *   kept = sum of the hashes of all changes − sum of the hashes of those that compaction has forgotten
 *
 *   a put      is forgotten by a compaction at or behind the revision of the next change of its key
 *   a deletion is forgotten by a compaction at or behind its own revision
 * </pre>
 *
 * So the second sum is a running total along the revisions: each change adds what it will take along, and a compaction
 * only looks up the total at its revision. Each step is O(1). APPLY owns it.
 */
final class ContentDigest {
    private static final int ROW = 3;
    private static final int SEGMENT_ROWS = 1024;
    private static final int BYTES = 5 * Long.BYTES;

    private final PairHash hash = new PairHash();
    private long allLow;
    private long allHigh;
    /** The running total of what a compaction at the newest revision would forget. */
    private long doomedLow;

    private long doomedHigh;
    /** The total at the last compaction. */
    private long forgottenLow;

    private long forgottenHigh;
    /**
     * Rows (revision, low, high) of the running total behind the last compaction, one for each revision that moved it.
     */
    private final ArrayDeque<long[]> segments = new ArrayDeque<>();

    private int firstRow;
    private int endRow = SEGMENT_ROWS;

    /** A key got a version; {@code before} is the one it had. */
    void put(KvPair pair, @Nullable KvPair before) {
        add(pair.key(), pair.modRevision(), pair);
        if (before != null) {
            doom(before.key(), before.modRevision(), before, pair.modRevision());
        }
    }

    /** A key ended at a revision; {@code before} is the version it had. */
    void delete(KvPair before, long revision) {
        add(before.key(), revision, null);
        doom(before.key(), revision, null, revision);
        doom(before.key(), before.modRevision(), before, revision);
    }

    /** What is not needed to read at this revision or a later one is forgotten. Whole segments are passed at once. */
    void compact(long revision) {
        while (!segments.isEmpty()) {
            int end = segments.size() == 1 ? endRow : SEGMENT_ROWS;
            int passed = passedRows(segments.getFirst(), end, revision);
            if (passed > firstRow) {
                long[] segment = segments.getFirst();
                forgottenLow = segment[(passed - 1) * ROW + 1];
                forgottenHigh = segment[(passed - 1) * ROW + 2];
                firstRow = passed;
            }
            if (passed < end) {
                return;
            }
            segments.removeFirst();
            firstRow = 0;
        }
        endRow = SEGMENT_ROWS;
    }

    /** How many rows of the first segment, those already passed included, have a revision up to this one. */
    private int passedRows(long[] segment, int end, long revision) {
        int low = firstRow;
        int high = end;
        while (low < high) {
            int middle = segment[(end - 1) * ROW] <= revision ? end - 1 : (low + high) >>> 1;
            if (segment[middle * ROW] <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The digest: 40 bytes, of which the last 24 are these three numbers themselves. */
    Bytes value(long revision, long compacted, long timeMillis) {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        buffer.putLong(low()).putLong(high());
        buffer.putLong(revision).putLong(compacted).putLong(timeMillis);
        return Bytes.wrap(buffer.array());
    }

    /** The first half of the sum over what is kept. */
    long low() {
        return allLow - forgottenLow;
    }

    /** The second half of the sum over what is kept. */
    long high() {
        return allHigh - forgottenHigh;
    }

    private void add(Bytes key, long revision, @Nullable KvPair pair) {
        hash.of(key, revision, pair);
        allLow += hash.low();
        allHigh += hash.high();
    }

    private void doom(Bytes key, long revision, @Nullable KvPair pair, long by) {
        hash.of(key, revision, pair);
        doomedLow += hash.low();
        doomedHigh += hash.high();
        boolean sameRevision = !segments.isEmpty() && segments.getLast()[(endRow - 1) * ROW] == by;
        if (!sameRevision) {
            if (endRow == SEGMENT_ROWS) {
                segments.addLast(new long[SEGMENT_ROWS * ROW]);
                endRow = 0;
            }
            endRow++;
        }
        long[] segment = segments.getLast();
        int row = (endRow - 1) * ROW;
        segment[row] = by;
        segment[row + 1] = doomedLow;
        segment[row + 2] = doomedHigh;
    }
}
