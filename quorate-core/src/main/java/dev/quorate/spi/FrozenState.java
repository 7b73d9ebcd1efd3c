package dev.quorate.spi;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A state that no longer changes, waiting to be written into a snapshot. Used by one thread (BULK) that is not APPLY.
 */
public interface FrozenState extends AutoCloseable {
    /**
     * Writes the next part. Parts of up to a few MiB keep the thread free for other transfers; a small state is one
     * part.
     *
     * @return true while there is more to write
     */
    boolean write(OutputStream out) throws IOException;

    /** Releases what the frozen state holds; called once, also after a failure. */
    @Override
    default void close() {}
}
