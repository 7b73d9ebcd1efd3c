/** The door through which benchmarks make the store's commands, as its client would. */
@NullMarked
package dev.quorate.kv;

import org.jspecify.annotations.NullMarked;
