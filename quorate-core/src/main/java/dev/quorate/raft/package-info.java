/**
 * The Raft protocol as a deterministic machine: inputs are values, outputs are an ordered list of effects.
 *
 * <p>No thread, clock, socket, file or logger is known here. The package imports {@code java.lang}, {@code java.util}
 * (not {@code java.util.concurrent}) and {@code java.util.random} only, and nothing whose order differs between two runs.
 */
@NullMarked
package dev.quorate.raft;

import org.jspecify.annotations.NullMarked;
