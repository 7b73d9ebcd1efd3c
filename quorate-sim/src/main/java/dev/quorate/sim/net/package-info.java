/**
 * The simulated network: each message gets its own fate from the seed. Owned by the thread of the world.
 *
 * <pre>
 *   send ─► cut? lost? ─► delay of the link, now and then a very long one ─► clogged? wait ─► arrives, perhaps twice
 * </pre>
 */
@NullMarked
package dev.quorate.sim.net;

import org.jspecify.annotations.NullMarked;
