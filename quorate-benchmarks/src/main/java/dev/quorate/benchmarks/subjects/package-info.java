/**
 * What the closed loop measures: Quorate as an engine and as a store, the floor that consensus stands on, and a peer.
 *
 * <p>All of them run in this process, and all of them sync before they acknowledge.
 */
@NullMarked
package dev.quorate.benchmarks.subjects;

import org.jspecify.annotations.NullMarked;
