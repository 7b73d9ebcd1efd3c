package dev.quorate.spi;

import dev.quorate.raft.LogId;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The application's replicated state. The engine calls it, and nothing else changes it.
 *
 * <p>Determinism is the whole contract: {@link #apply} must depend on the state and on the entry alone (its bytes,
 * index and {@code timeMillis}), never on the wall clock, on randomness or on hash order, so that every replica holds
 * the same state at the same index.
 *
 * <p>All methods are called by one thread (APPLY), except the ones of {@link FrozenState}, and except {@link #read}
 * when {@link #readsConcurrently()} is true. An exception from {@code apply}, {@code chunkApplied} or {@code restore}
 * halts the node.
 */
public interface StateMachine extends AutoCloseable {

    /**
     * The last entry that the state holds by itself when the node starts: {@link LogId#ZERO} for a state in memory,
     * which the engine rebuilds from the newest snapshot and the log.
     */
    default LogId lastApplied() {
        return LogId.ZERO;
    }

    /**
     * Applies one command and returns the answer for its proposer. A command that the application refuses is an answer,
     * not an exception.
     */
    Bytes apply(Entry command);

    /**
     * Ends a chunk: everything up to {@code lastApplied}, entries that are not commands included, has been applied. A
     * state machine that is durable by itself writes the chunk's effects and {@code lastApplied} together here.
     */
    default void chunkApplied(LogId lastApplied) throws IOException {}

    /**
     * The chunk's effects are visible to readers, and its proposers have been answered. The place to hand out watch
     * events, in index order.
     */
    default void chunkPublished(LogId lastApplied) {}

    /**
     * Reads keys from one applied state.
     *
     * @return one pair for each key, in the order asked; empty when any key is missing
     */
    Optional<List<KeyValue>> read(List<Bytes> keys);

    /** True when {@link #read} and the application's own reads may run on any thread beside {@link #apply}. */
    default boolean readsConcurrently() {
        return false;
    }

    /**
     * A digest of the logical content, equal on every replica at the same index whatever way it got there; kept
     * incrementally. Empty when the state machine offers none, and replicas are not compared then.
     */
    default Optional<Bytes> digest() {
        return Optional.empty();
    }

    /** Freezes the present state for a snapshot, quickly; applies go on while the frozen state is written. */
    FrozenState freeze();

    /**
     * Replaces the whole state by what {@link FrozenState#write} wrote on this or another replica.
     *
     * @param in the snapshot, verified; closed by the caller
     * @param lastIncluded the last entry in it
     */
    void restore(InputStream in, LogId lastIncluded) throws IOException;

    @Override
    default void close() throws IOException {}
}
