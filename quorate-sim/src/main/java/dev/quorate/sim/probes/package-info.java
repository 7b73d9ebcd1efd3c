/**
 * The rare branches that a campaign must reach: a fault, an invariant or a path of the engine that no seed ever reaches
 * is not tested, whatever else is green. A world counts for itself; a campaign adds up.
 */
@NullMarked
package dev.quorate.sim.probes;

import org.jspecify.annotations.NullMarked;
