/**
 * The clients of a simulated cluster: each asks one thing at a time, remembers what it asked and what it was told in
 * the form that {@code dev.quorate.sim.check} judges, and repeats what may have taken effect in a session only. Owned
 * by the thread of the world.
 */
@NullMarked
package dev.quorate.sim.workload;

import org.jspecify.annotations.NullMarked;
