/** Any bytes for the formats of the ports. */
@NullMarked
package dev.quorate.spi;

import org.jspecify.annotations.NullMarked;
