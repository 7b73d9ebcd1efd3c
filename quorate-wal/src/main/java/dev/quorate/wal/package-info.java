/**
 * The Raft log and the snapshot store on files.
 *
 * <p>Everything that is written here is written by the engine's log writer thread. The package may import
 * {@code dev.quorate.raft} and {@code dev.quorate.spi}.
 */
@NullMarked
package dev.quorate.wal;

import org.jspecify.annotations.NullMarked;
