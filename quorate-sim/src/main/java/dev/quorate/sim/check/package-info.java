/**
 * The checker of histories: whether what clients of a key-value store saw can be explained by one atomic store.
 *
 * <pre>
 *   HistoryReader ──► History ──► HistoryChecker ──► CheckReport: verdict, text, HTML picture, exit code
 *                                    │
 *                                    ├─ detectors: cheap proofs of well-known faults, each with its own words
 *                                    └─ search:    Wing and Gong with Lowe's memoisation, component by component
 * </pre>
 *
 * <p>Everything here is a function of its arguments: no clock, no thread, no random source; the one mutable object of a
 * check is its search, owned by the calling thread. The package may import {@code dev.quorate.raft} for its invariants,
 * and Jackson for the file format.
 */
@NullMarked
package dev.quorate.sim.check;

import org.jspecify.annotations.NullMarked;
