/**
 * The runtime around one Raft group: the node and its duty cycles, the state machine handler, snapshots and recovery.
 *
 * <p>The package may import {@code dev.quorate.raft} and {@code dev.quorate.spi}; it knows logs, stores and transports by
 * their ports alone.
 */
@NullMarked
package dev.quorate.engine;

import org.jspecify.annotations.NullMarked;
