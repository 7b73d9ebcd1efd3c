/** Tests of this package. */
@NullMarked
package dev.quorate.sim.mutants;

import org.jspecify.annotations.NullMarked;
