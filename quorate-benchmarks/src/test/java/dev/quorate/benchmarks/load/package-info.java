/**
 * Tests of the closed loop: what it counts, what it calls warm, and that its look-up turns red when a key is missing.
 */
@NullMarked
package dev.quorate.benchmarks.load;

import org.jspecify.annotations.NullMarked;
