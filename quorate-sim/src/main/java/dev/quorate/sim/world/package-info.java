/**
 * A whole cluster in one thread: machines, network, clients and a nemesis on one schedule, everything drawn from one
 * seed.
 *
 * <pre>
 *   phase one    faults, and every invariant after every event
 *   phase two    everything heals: every client is answered, all replicas come to one state
 *   then         the history of all clients is judged
 * </pre>
 */
@NullMarked
package dev.quorate.sim.world;

import org.jspecify.annotations.NullMarked;
