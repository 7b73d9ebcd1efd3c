package dev.quorate.benchmarks.load;

import dev.quorate.spi.Bytes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is measured: something that stores values under keys of eight bytes, durably. Any thread. */
public interface Subject extends AutoCloseable {
    /** True when it can do this; a floor may know writes only. */
    boolean offers(Operation operation);

    /** Stores a value; completes when it counts as written. */
    CompletableFuture<?> put(Bytes key, Bytes value);

    /** Reads a value in the way of a {@code GET} operation; empty when the key is missing. */
    CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how);

    /** How often data was forced to disk since the subject was opened, on all its nodes together. */
    long forces();

    /** The number of copies that {@link #stored} can look into. */
    int replicas();

    /** Waits until every copy has all that was acknowledged; called when nothing is being written. */
    void settle();

    /** What one copy holds under a key; called after {@link #settle}, when nothing was written since. */
    Optional<Bytes> stored(int replica, Bytes key);

    /** Ends it; the data stays on disk. */
    @Override
    void close();
}
