/** Any bytes for the reader of histories. */
@NullMarked
package dev.quorate.sim.check;

import org.jspecify.annotations.NullMarked;
