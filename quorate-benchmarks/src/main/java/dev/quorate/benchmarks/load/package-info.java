/**
 * The closed loop: a fixed number of operations in flight, measured in windows, verified afterwards.
 *
 * <p>It knows what is measured only as a {@link dev.quorate.benchmarks.load.Subject}. Threads: a driver starts the
 * slots and those whose answers come at once; every other slot goes on where its answer arrives. What is measured is
 * read by the thread that called.
 */
@NullMarked
package dev.quorate.benchmarks.load;

import org.jspecify.annotations.NullMarked;
