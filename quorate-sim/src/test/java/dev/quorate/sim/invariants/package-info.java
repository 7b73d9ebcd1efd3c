/** Tests of this package. */
@NullMarked
package dev.quorate.sim.invariants;

import org.jspecify.annotations.NullMarked;
