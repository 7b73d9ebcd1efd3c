package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.spi.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The newest entries of the log, so that what was just written need not be read back. One writer (LOOP); any thread
 * reads.
 *
 * <pre>
 *      first            persisted           last
 *        │ may be evicted   │  never evicted  │
 *   ─────┴──────────────────┴─────────────────┴──►  a ring, slot = index mod capacity
 * </pre>
 *
 * Entries that are not durable yet stay whatever the limits say, because they are nowhere else; the ring grows for
 * them. A reader takes no lock: it accepts what it finds in a slot only when the index is the one it asked for. It asks
 * for committed entries, or for those that its caller on LOOP named, so that an entry of another term at that index
 * cannot be the answer.
 */
final class EntryCache {
    private static final long OVERHEAD_BYTES = 64;

    private final int entriesMax;
    private final long bytesMax;
    private volatile AtomicReferenceArray<Entry> ring;
    private long first;
    private long last;
    private long persisted;
    private long bytes;

    /** An empty cache behind this index. */
    EntryCache(int entriesMax, long bytesMax, long lastIndex) {
        this.entriesMax = entriesMax;
        this.bytesMax = bytesMax;
        this.ring = new AtomicReferenceArray<>(Math.max(2, Integer.highestOneBit(entriesMax)));
        this.first = lastIndex + 1;
        this.last = lastIndex;
        this.persisted = lastIndex;
    }

    /** Adds the entry right behind the last one. LOOP only. */
    void append(Entry entry) {
        Invariant.check(entry.index() == last + 1, "cache: entry behind last: entry, last", entry.index(), last);
        while (first <= persisted && isOver()) {
            evictFirst();
        }
        if (last - first + 1 >= ring.length()) {
            grow();
        }
        last = entry.index();
        bytes += cost(entry);
        ring.set(slot(ring, last), entry);
    }

    /** Drops every entry at or above this index. LOOP only. */
    void truncateFrom(long index) {
        while (last >= Math.max(index, first)) {
            remove(last);
            last--;
        }
        if (last >= index) {
            last = index - 1;
            first = index;
        }
        persisted = Math.min(persisted, last);
    }

    /** Drops everything, and goes on behind this index. LOOP only. */
    void resetTo(long index) {
        truncateFrom(first);
        first = index + 1;
        last = index;
        persisted = index;
    }

    /** Everything up to this index is durable, and may be evicted. LOOP only. */
    void persistedTo(long index) {
        persisted = Math.max(persisted, Math.min(index, last));
    }

    /** The last index that was appended. LOOP only. */
    long last() {
        return last;
    }

    /**
     * Entries from an index on, as many as are here without a hole. Any thread.
     *
     * @param from the first index wanted
     * @param to the last, inclusive
     * @param countMax the most entries
     * @param bytesLimit the most payload bytes; a larger first entry comes alone
     * @return empty when the first is not here
     */
    List<Entry> range(long from, long to, int countMax, long bytesLimit) {
        AtomicReferenceArray<Entry> present = ring;
        int wanted = (int) Math.min(to - from + 1, Math.min(countMax, present.length()));
        Entry[] found = new Entry[Math.max(0, wanted)];
        int count = 0;
        long size = 0;
        while (count < wanted) {
            Entry entry = present.get(slot(present, from + count));
            if (entry == null || entry.index() != from + count) {
                break;
            }
            size += entry.payload().length();
            if (count > 0 && size > bytesLimit) {
                break;
            }
            found[count++] = entry;
        }
        return count == 0 ? List.of() : Arrays.asList(count == wanted ? found : Arrays.copyOf(found, count));
    }

    private boolean isOver() {
        return bytes > bytesMax || last - first + 1 >= Math.min(entriesMax, ring.length());
    }

    private void evictFirst() {
        remove(first);
        first++;
    }

    private void remove(long index) {
        int slot = slot(ring, index);
        Entry entry = ring.get(slot);
        if (entry != null && entry.index() == index) {
            bytes -= cost(entry);
            ring.set(slot, null);
        }
    }

    private void grow() {
        AtomicReferenceArray<Entry> wider = new AtomicReferenceArray<>(ring.length() * 2);
        for (long index = first; index <= last; index++) {
            wider.set(slot(wider, index), ring.get(slot(ring, index)));
        }
        ring = wider;
    }

    private static int slot(AtomicReferenceArray<Entry> in, long index) {
        return (int) (index & (in.length() - 1));
    }

    private static long cost(Entry entry) {
        return entry.payload().length() + OVERHEAD_BYTES;
    }
}
