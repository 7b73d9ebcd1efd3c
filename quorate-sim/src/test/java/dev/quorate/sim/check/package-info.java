/** Tests of the checker of histories. */
@NullMarked
package dev.quorate.sim.check;

import org.jspecify.annotations.NullMarked;
