/**
 * What every simulated world runs on: one queue of events in virtual time, one source of chance, clocks that run at
 * rates of their own, the hash of all that happened. One thread owns a world and everything in it; nothing here looks
 * at the real time. Imports nothing but {@code dev.quorate.spi} for the clock.
 */
@NullMarked
package dev.quorate.sim.kernel;

import org.jspecify.annotations.NullMarked;
