/**
 * Many worlds: seed after seed on all processors, until a number of them or a time is reached. Here alone the real time
 * is looked at, to know when to stop. Each world belongs to the thread that runs it; the campaign itself to all of
 * them, guarded by itself.
 */
@NullMarked
package dev.quorate.sim.campaign;

import org.jspecify.annotations.NullMarked;
