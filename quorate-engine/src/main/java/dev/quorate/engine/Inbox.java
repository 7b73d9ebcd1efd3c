package dev.quorate.engine;

import dev.quorate.spi.QuorateException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A queue of many producers and one consumer, who takes all that has gathered at once. Lock-free: a producer retries
 * only when another one came in between, and the consumer never.
 *
 * <pre>
 *   offer ──► newest ─► ... ─► oldest          drain: takes the chain in one exchange and turns it round
 * </pre>
 *
 * Items are their own links, so an item is in one inbox once. The inbox itself has no limit: who offers requests asks
 * {@link Admission} first, and completions are bounded by what was asked for.
 */
final class Inbox {
    private static final Item CLOSED = new Item() {};

    private final AtomicReference<@Nullable Item> newest = new AtomicReference<>();

    /** What can be queued. */
    abstract static class Item {
        private @Nullable Item next;

        /** Tells that nobody will process the item, because the node stopped; any thread. */
        void discarded(QuorateException reason) {}
    }

    /**
     * Adds an item; any thread.
     *
     * @return false when the inbox is closed: nothing was added
     */
    boolean offer(Item item) {
        Item present;
        do {
            present = newest.get();
            if (present == CLOSED) {
                return false;
            }
            item.next = present;
        } while (!newest.compareAndSet(present, item));
        return true;
    }

    /**
     * Takes all items, the oldest first, linked through {@link #following}; null when there are none. The consumer
     * only.
     */
    @Nullable
    Item drain() {
        if (newest.get() == null || newest.get() == CLOSED) {
            return null;
        }
        return inOrder(newest.getAndSet(null));
    }

    /** Takes all items, and lets nobody add one any more. The consumer only. */
    @Nullable
    Item drainAndClose() {
        Item last = newest.getAndSet(CLOSED);
        return last == CLOSED ? null : inOrder(last);
    }

    /** True when nothing waits. */
    boolean isEmpty() {
        Item present = newest.get();
        return present == null || present == CLOSED;
    }

    /** The item after this one of a drained chain; unlinks it. */
    static @Nullable Item following(Item item) {
        Item next = item.next;
        item.next = null;
        return next;
    }

    private static @Nullable Item inOrder(@Nullable Item last) {
        Item first = null;
        Item item = last;
        while (item != null) {
            Item older = item.next;
            item.next = first;
            first = item;
            item = older;
        }
        return first;
    }
}
