package dev.quorate.wal;

import dev.quorate.wal.LogView.Span;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where each entry lies: eight bytes of memory an entry. Owned by the LOG thread, which hands out {@link LogView}s to
 * readers; what a view shows is never changed afterwards, only left behind by a newer view.
 */
final class EntryIndex {
    private static final int FIRST_ROOM = 64;

    private Span[] spans = new Span[0];
    private long first = 1;
    private long next = 1;
    private long liveBytes;

    /** The first index that is there, or the next one when there is none. */
    long first() {
        return first;
    }

    /** The index of the next entry. */
    long next() {
        return next;
    }

    /** The bytes that the records of the entries take. */
    long liveBytes() {
        return liveBytes;
    }

    /** The first segment that holds an entry, null when there are no entries. */
    @Nullable
    Segment firstSegment() {
        return spans.length == 0 ? null : spans[0].segment();
    }

    /** Notes the next entry. */
    void add(Segment segment, int offset, int size) {
        int last = spans.length - 1;
        if (last < 0 || spans[last].segment() != segment) {
            spans = Arrays.copyOf(spans, ++last + 1);
            spans[last] = new Span(segment, next, new int[FIRST_ROOM], new int[FIRST_ROOM]);
        } else if (next - spans[last].firstIndex() == spans[last].room()) {
            spans = spans.clone();
            spans[last] = spans[last].copy(spans[last].room() * 2);
        }
        spans[last].set(next, offset, size);
        liveBytes += RecordFormat.recordBytes(size);
        next++;
    }

    /** Drops the entries from this index on; the next one will have it. */
    void truncateFrom(long index) {
        if (index <= first) {
            clear(index);
            return;
        }
        liveBytes -= bytes(index, next);
        int kept = spans.length;
        while (spans[kept - 1].firstIndex() >= index) {
            kept--;
        }
        spans = Arrays.copyOf(spans, kept);
        spans[kept - 1] = spans[kept - 1].copy(spans[kept - 1].room());
        next = index;
    }

    /** Drops the entries up to this index; the next one is above it. */
    void purgeThrough(long index) {
        if (index + 1 >= next) {
            clear(Math.max(next, index + 1));
            return;
        }
        if (index < first) {
            return;
        }
        liveBytes -= bytes(first, index + 1);
        first = index + 1;
        int dropped = 0;
        while (dropped + 1 < spans.length && spans[dropped + 1].firstIndex() <= first) {
            dropped++;
        }
        if (dropped > 0) {
            spans = Arrays.copyOfRange(spans, dropped, spans.length);
        }
    }

    /** Drops everything; the next entry will have this index. */
    void clear(long newNext) {
        spans = new Span[0];
        first = newNext;
        next = newNext;
        liveBytes = 0;
    }

    /** What readers may see: up to {@code through}, or to the last entry if that comes first. */
    LogView view(long through) {
        return new LogView(first, Math.min(through, next - 1), spans);
    }

    /** The payload sizes of all entries. */
    int[] sizes() {
        LogView all = view(next - 1);
        int[] sizes = new int[Math.toIntExact(next - first)];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = all.span(first + i).size(first + i);
        }
        return sizes;
    }

    private long bytes(long from, long to) {
        LogView all = view(next - 1);
        long bytes = 0;
        for (long index = from; index < to; index++) {
            bytes += RecordFormat.recordBytes(all.span(index).size(index));
        }
        return bytes;
    }
}
