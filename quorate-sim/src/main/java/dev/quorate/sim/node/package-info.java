/**
 * One simulated machine: a clock, a disk, and the process that runs there, with watchers at all of its ports.
 *
 * <pre>
 *   SimMachine ──► Life (one process) ──► SteppedNode: LOOP, LOG, APPLY, BULK, each stepped when its turn comes
 *       │               └ WatchedStorage, WatchedMachine, the transport of the network, a CoreObserver ──► Rules
 *       └ SimDisk, VirtualClock, Ring outlive the process
 * </pre>
 */
@NullMarked
package dev.quorate.sim.node;

import org.jspecify.annotations.NullMarked;
