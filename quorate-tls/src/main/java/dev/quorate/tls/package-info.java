/**
 * Certificates and keys in PEM files, for every port that speaks TLS: read at the start, and again when they change.
 *
 * <p>Has no threads: the files are looked at when a connection is made. May import {@code dev.quorate.spi}; slf4j is
 * the only library.
 */
@NullMarked
package dev.quorate.tls;

import org.jspecify.annotations.NullMarked;
