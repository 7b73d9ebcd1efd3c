/**
 * The ports: the only places where the world enters an engine.
 *
 * <p>Each port has one contract suite in {@code dev.quorate.testkit} that every implementation passes. The package may
 * import {@code dev.quorate.raft}, never the reverse.
 */
@NullMarked
package dev.quorate.spi;

import org.jspecify.annotations.NullMarked;
