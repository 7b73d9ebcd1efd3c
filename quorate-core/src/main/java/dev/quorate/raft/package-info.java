/**
 * The Raft protocol as a pure state machine: inputs are values, outputs are ordered lists of effects.
 *
 * <p>Nothing here has a thread, a clock, a socket, a file or a logger. {@link dev.quorate.raft.Raft} is owned by one
 * thread at a time (LOOP in production, the only thread in the simulator); every other type is an immutable value. May
 * import {@code java.lang}, {@code java.util} (not {@code java.util.concurrent}) and {@code java.util.random}; never
 * hash-ordered collections, so that a run is the same on every JVM.
 */
@NullMarked
package dev.quorate.raft;

import org.jspecify.annotations.NullMarked;
