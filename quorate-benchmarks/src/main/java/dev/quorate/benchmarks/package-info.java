/** Benchmarks and load tools: what the log, the handler and the store cost, and how the figures were made. */
@NullMarked
package dev.quorate.benchmarks;

import org.jspecify.annotations.NullMarked;
