/** Tests of this package. */
@NullMarked
package dev.quorate.sim.campaign;

import org.jspecify.annotations.NullMarked;
