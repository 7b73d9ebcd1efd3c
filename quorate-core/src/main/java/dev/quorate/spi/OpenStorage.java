package dev.quorate.spi;

import dev.quorate.raft.Membership;
import dev.quorate.raft.Rejoin;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The durable data of a running node. */
public interface OpenStorage extends AutoCloseable {
    /** The log; the same object each time. */
    RaftLog log();

    /** The snapshots; the same object each time. */
    SnapshotStore snapshots();

    /** The members recorded at first start. */
    Membership bootstrap();

    /** Why this replica must not serve reads, when an earlier run found that its state differs from the cluster's. */
    Optional<String> quarantine();

    /** Records durably that this replica's state differs from the cluster's. The first reason stays. */
    void quarantine(String reason) throws IOException;

    /** Removes the mark, after an operator decided or the state was replaced by a snapshot. */
    void releaseQuarantine() throws IOException;

    /** What the node has lost, and so must not do until {@link #rejoined}; durable. */
    default Rejoin rejoin() {
        return Rejoin.NOT_NEEDED;
    }

    /**
     * Records durably that what looked like a first start is a node that does not know its vote. Called by the thread
     * that changes the log, before it goes on.
     */
    default void voteLost() throws IOException {}

    /** Records durably that the node is whole again. Called by the thread that changes the log, before it goes on. */
    default void rejoined() throws IOException {}

    /** What was found damaged and was set aside or is of no use any more, a sentence each, for people. */
    default List<String> findings() {
        return List.of();
    }

    /** Gives the place free. Unsynced writes may be lost. */
    @Override
    void close() throws IOException;
}
