/** Every interleaving, within bounds, of what threads share in the engine. */
@NullMarked
package dev.quorate.engine;

import org.jspecify.annotations.NullMarked;
