/**
 * The ports: the only places where the world enters, and the values that pass through them.
 *
 * <p>Implementations live in other modules; each port has a contract suite in {@code quorate-testkit} that every
 * implementation passes. Each port says which thread calls it. May import {@code dev.quorate.raft}, never the reverse.
 */
@NullMarked
package dev.quorate.spi;

import org.jspecify.annotations.NullMarked;
