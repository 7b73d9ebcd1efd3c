/** Tests of this package. */
@NullMarked
package dev.quorate.sim.world;

import org.jspecify.annotations.NullMarked;
