package dev.quorate.spi;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import java.io.IOException;
import java.util.List;

/**
 * The durable log of one node: entries, and the term and vote in the same durable order.
 *
 * <p>One thread (LOG) calls the methods that change it; {@link #read}, {@link #last} and {@link #purged} may be called
 * by any thread beside it. A change is durable when a later {@link #sync} has returned, and changes become durable in
 * the order in which they were made: after a crash the log is the result of a prefix of them.
 *
 * <p>An {@link IOException} other than {@link StorageFullException} from a changing method is fatal: the node halts,
 * the log refuses every further change (a failed sync is never retried), and the next start recovers.
 */
public interface RaftLog extends AutoCloseable {
    /** What the log held when it was opened. */
    RecoveredLog recovered();

    /** Records a term and vote. */
    void saveHardState(HardState hardState) throws IOException;

    /**
     * Appends entries.
     *
     * @param entries without a hole, the first right after {@link #last()}, terms not falling; at least one
     * @throws StorageFullException when there is no space: nothing was appended, the same call may be made again
     * @throws dev.quorate.raft.InvariantViolation when the entries do not fit behind {@code last()}
     */
    void append(List<Entry> entries) throws IOException;

    /**
     * Drops every entry at or above this index, which is above {@link #purged()} and at most {@code last().index()}.
     */
    void truncateFrom(long index) throws IOException;

    /** Replaces the log by an empty one that begins after this position; the hard state stays. */
    void resetTo(LogId lastIncluded) throws IOException;

    /** Makes all changes so far durable; nothing to do when there are none. */
    void sync() throws IOException;

    /**
     * Forgets the entries up to this position, durably when it returns; space is given back as far as whole files are
     * free.
     *
     * @param through an entry of the log, at most the last durable one; at or below {@link #purged()}: nothing to do
     * @return the new {@link #purged()}
     */
    LogId purge(LogId through) throws IOException;

    /** The position of the last entry, durable or not; {@link #purged()} when there is none. */
    LogId last();

    /** The position that the log begins after. */
    LogId purged();

    /** The bytes of disk that the entries behind {@link #purged()} take. */
    long sizeBytes();

    /**
     * Reads entries that a {@link #sync} has made durable.
     *
     * @param first the first index
     * @param last the last index, inclusive
     * @param bytesMax the most payload bytes; a first entry larger than that is returned alone
     * @return entries from {@code first} on without a hole; empty when {@code first} is purged or cut off (now, or
     *     while reading)
     * @throws CorruptLogException when an entry is damaged
     */
    List<Entry> read(long first, long last, long bytesMax) throws IOException;

    /** Closes the files; unsynced changes may be lost. */
    @Override
    void close() throws IOException;
}
