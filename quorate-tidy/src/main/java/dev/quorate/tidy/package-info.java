/**
 * The rules of the house, and a reader of sources that holds a checkout to them.
 *
 * <p>Sources are read with the JDK's own parser, main and test alike; generated code is not read. There is no list of
 * exceptions: a rule that must yield is a rule to change. The package imports nothing of the project, so that it can
 * judge all of it.
 */
@NullMarked
package dev.quorate.tidy;

import org.jspecify.annotations.NullMarked;
