/** What the proofs share: bytes that are almost right, made from seeds, the same on every run. */
@NullMarked
package dev.quorate.proofs;

import org.jspecify.annotations.NullMarked;
