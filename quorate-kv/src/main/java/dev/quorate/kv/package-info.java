/**
 * The coordination store: a deterministic state machine with revisions and transactions, and its embedded client.
 *
 * <p>Applies run on the apply thread of the engine; reads run on any thread at a published revision. The package may
 * import {@code dev.quorate.raft}, {@code dev.quorate.spi} and {@code dev.quorate.engine}.
 */
@NullMarked
package dev.quorate.kv;

import org.jspecify.annotations.NullMarked;
