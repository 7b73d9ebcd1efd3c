package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the versions of all keys are kept; a port. It knows nothing of requests, leases or digests.
 *
 * <p>One thread (APPLY) writes; nothing it writes is seen by another thread before {@link #publish}. Readers take
 * {@link #published()} on any thread, without a lock, and ask {@link View#isIntact} when they are done.
 *
 * <pre>
 *   revision   1 ........ compacted ............... published ........ being written
 *              └ forgotten ┘└ every version readable ┘└ seen by APPLY only ┘
 * </pre>
 *
 * Compaction only moves the mark: {@link #reclaim} frees what lies below it, a bounded part at each call, and nothing
 * that can be asked of the table depends on how far that has got.
 */
public interface KvTable extends AutoCloseable {
    /** An empty table in the memory of this process. */
    static KvTable inMemory() {
        return new MemoryTable();
    }

    /** The newest version of a key, written but not yet published ones included; null when it does not exist. APPLY. */
    @Nullable
    KvPair newest(Bytes key);

    /**
     * Adds a key of a snapshot with the version it had at the compaction that is made next: while the table is empty
     * but for such keys, in key order. It is no change. APPLY.
     */
    void load(KvPair pair);

    /**
     * Adds a version of a key; its modification revision is at least that of every version before. The bytes are kept
     * as they are: they must not be parts of large arrays. APPLY.
     */
    void put(KvPair pair);

    /** Ends a key, which must exist, at a revision that is at least that of every change before. APPLY. */
    void delete(Bytes key, long revision);

    /** Everything written so far, seen at this revision; valid until the next write. APPLY. */
    View writing(long revision);

    /** Forgets what is not needed to read at this revision or a later one. APPLY. */
    void compact(long revision);

    /** Shows readers all that was written so far; the store is at this revision now. APPLY. */
    void publish(long revision);

    /**
     * Hands over, once and in order, the changes that were written since the last call. To be called after
     * {@link #publish} and before the {@link #reclaim} that follows it. APPLY.
     */
    void drainChanges(Consumer<Change> taker);

    /**
     * Frees the space of up to so many changes that compaction has forgotten. Never looks behind the published state,
     * nor at what an open {@link Frozen} still needs. APPLY.
     */
    void reclaim(int changesMax);

    /** True when a call of {@link #reclaim} would free something. Any thread. */
    boolean isReclaimable();

    /** The state at the last {@link #publish}; empty at revision 1 before the first. Any thread. */
    View published();

    /** Freezes everything written so far, at this revision; the writing goes on beside it. APPLY. */
    Frozen freeze(long revision);

    @Override
    default void close() throws IOException {}

    /**
     * A state of the table that does not change. Revisions asked for lie between {@code compacted} and
     * {@code revision}.
     */
    interface View {
        /** The store revision of this state. */
        long revision();

        /** The last compaction; 0 for none. */
        long compacted();

        /** The version of a key that was the newest at a revision; null when the key did not exist then. */
        @Nullable
        KvPair at(Bytes key, long revision);

        /**
         * Shows what existed at a revision in key order, until the taker says no more.
         *
         * @param taker answers whether to go on
         * @return false when the taker ended it
         */
        boolean scan(KeyRange keys, long revision, Predicate<KvPair> taker);

        /** How many keys of the range existed at a revision. */
        long count(KeyRange keys, long revision);

        /**
         * True when everything needed to read at this revision was still there when it was read. To be asked after the
         * reading: once false, what was read may lack something and must be thrown away.
         */
        boolean isIntact(long revision);
    }

    /** A frozen table, to be written into a snapshot; used by one thread, not APPLY, from begin to end. */
    interface Frozen extends AutoCloseable {
        /** The store revision of this state. */
        long revision();

        /** The last compaction; 0 for none. */
        long compacted();

        /**
         * Shows what existed at the last compaction in key order, until the taker says no more, or for a while. The
         * next call goes on behind it.
         *
         * @return false when there may be more
         */
        boolean base(Predicate<KvPair> taker);

        /**
         * Shows every change since the last compaction in order, until the taker says no more. The next call goes on
         * behind it. {@link Change#previous} is null.
         *
         * @return false when there may be more
         */
        boolean changes(Predicate<Change> taker);

        /** Lets the table free what this state needed. Any thread. */
        @Override
        void close();
    }
}
