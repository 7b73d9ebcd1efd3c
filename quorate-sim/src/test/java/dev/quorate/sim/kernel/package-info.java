/** Tests of this package. */
@NullMarked
package dev.quorate.sim.kernel;

import org.jspecify.annotations.NullMarked;
