/**
 * The executable: the command line, its configuration, and the assembly of a node from the other modules.
 *
 * <p>The only shipped package that writes to standard output.
 */
@NullMarked
package dev.quorate.server;

import org.jspecify.annotations.NullMarked;
