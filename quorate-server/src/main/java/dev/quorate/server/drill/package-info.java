/**
 * Drills: a node or a cluster is made, used hard, broken on purpose, and everything is checked afterwards.
 *
 * <p>They are commands, so that everybody can see for themselves what is promised, and tests in a short form.
 */
@NullMarked
package dev.quorate.server.drill;

import org.jspecify.annotations.NullMarked;
