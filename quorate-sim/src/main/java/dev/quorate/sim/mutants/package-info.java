/**
 * The proof that the proof works: bugs that are put into the code on purpose, one at a time, and the seeds that it
 * takes to notice each.
 *
 * <pre>
 *   Mutant: one place of one source file, and what is to stand there instead
 *      └─► a copy of the file is changed and compiled ─► a JVM of its own, with those classes in front of the others
 *                                                            └─► Trial: seed after seed until an invariant breaks
 * </pre>
 *
 * <p>Nothing of this is in the code that is shipped: there is no switch for a bug. A mutant whose place is not found
 * any more is an error, so that the catalogue stays as old as the code.
 */
@NullMarked
package dev.quorate.sim.mutants;

import org.jspecify.annotations.NullMarked;
