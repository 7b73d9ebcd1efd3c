/** Tests of this package. */
@NullMarked
package dev.quorate.sim.net;

import org.jspecify.annotations.NullMarked;
