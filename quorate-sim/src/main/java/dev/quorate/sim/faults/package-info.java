/**
 * What goes wrong. For each seed a {@link dev.quorate.sim.faults.Swarm} is drawn: which faults exist at all, how often
 * they come, and how the machines and clients are made; the {@link dev.quorate.sim.faults.Nemesis} then lets them
 * happen. Owned by the thread of the world.
 */
@NullMarked
package dev.quorate.sim.faults;

import org.jspecify.annotations.NullMarked;
