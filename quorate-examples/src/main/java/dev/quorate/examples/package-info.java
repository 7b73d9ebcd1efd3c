/** Programs of a user's own on the public interfaces of the engine, small enough to copy. */
@NullMarked
package dev.quorate.examples;

import org.jspecify.annotations.NullMarked;
