/** Tests of what is compared with: that the floor keeps what it acknowledges, and that syncs are counted. */
@NullMarked
package dev.quorate.benchmarks.subjects;

import org.jspecify.annotations.NullMarked;
