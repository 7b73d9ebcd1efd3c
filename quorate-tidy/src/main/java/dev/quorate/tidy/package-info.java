/**
 * The rules of the house as tests over the sources of the whole checkout.
 *
 * <p>Sources are read with the JDK's own parser. There is no list of exceptions.
 */
@NullMarked
package dev.quorate.tidy;

import org.jspecify.annotations.NullMarked;
