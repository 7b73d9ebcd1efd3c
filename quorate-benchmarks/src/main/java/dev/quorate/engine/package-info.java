/** The door through which benchmarks reach the handler that a node has, without the node around it. */
@NullMarked
package dev.quorate.engine;

import org.jspecify.annotations.NullMarked;
