package dev.quorate.wal;

import java.util.Arrays;

/**
 * Where the readable entries of a log lie, at one moment; immutable, any thread.
 *
 * <pre>
 *   spans   [segment 4: 1..90]  [segment 5: 91..140]  [segment 7: 141..]
 *   first   40        purged is 39
 *   through 150       the last durable entry; the arrays may hold more, which this view does not show
 * </pre>
 */
final class LogView {
    private final long first;
    private final long through;
    private final Span[] spans;

    /** Neighbouring entries that lie in one segment: the place of each record and the size of its payload. */
    static final class Span {
        private final Segment segment;
        private final long firstIndex;
        private final int[] offsets;
        private final int[] sizes;

        Span(Segment segment, long firstIndex, int[] offsets, int[] sizes) {
            this.segment = segment;
            this.firstIndex = firstIndex;
            this.offsets = offsets;
            this.sizes = sizes;
        }

        Segment segment() {
            return segment;
        }

        long firstIndex() {
            return firstIndex;
        }

        int offset(long index) {
            return offsets[(int) (index - firstIndex)];
        }

        int size(long index) {
            return sizes[(int) (index - firstIndex)];
        }

        /** How many entries the arrays have room for. */
        int room() {
            return offsets.length;
        }

        /** Notes the next entry; only for those that no view shows yet. */
        void set(long index, int offset, int size) {
            offsets[(int) (index - firstIndex)] = offset;
            sizes[(int) (index - firstIndex)] = size;
        }

        /** The same entries in arrays of their own. */
        Span copy(int newRoom) {
            return new Span(segment, firstIndex, Arrays.copyOf(offsets, newRoom), Arrays.copyOf(sizes, newRoom));
        }
    }

    LogView(long first, long through, Span[] spans) {
        this.first = first;
        this.through = through;
        this.spans = spans;
    }

    /** The first readable index. */
    long first() {
        return first;
    }

    /** The last readable index, below {@link #first} when there is none. */
    long through() {
        return through;
    }

    boolean has(long index) {
        return index >= first && index <= through;
    }

    /** The span of an index that the view {@link #has}. */
    Span span(long index) {
        return spans[place(index)];
    }

    /** The last index that this view shows in the same span. */
    long lastInSpan(long index) {
        int next = place(index) + 1;
        return next < spans.length ? Math.min(through, spans[next].firstIndex - 1) : through;
    }

    private int place(long index) {
        int low = 0;
        int high = spans.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (spans[middle].firstIndex <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
