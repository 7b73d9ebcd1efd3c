/**
 * The contract suites of the ports, and the fakes that pass them.
 *
 * <p>The suites are abstract JUnit classes: a user extends the one of a port, returns an implementation, and runs it.
 * The package may import {@code dev.quorate.raft} and {@code dev.quorate.spi}; no shipped module depends on it.
 */
@NullMarked
package dev.quorate.testkit;

import org.jspecify.annotations.NullMarked;
