/**
 * JMH benchmarks of single parts: the log against the disk under it, the handler, the store's reads, the protocol core.
 *
 * <p>Run them with {@code jmh NAME} on the command line of the benchmarks.
 */
@NullMarked
package dev.quorate.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
