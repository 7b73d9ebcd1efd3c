/** The decoders of the transport between processes, given any bytes. */
@NullMarked
package dev.quorate.grpc;

import org.jspecify.annotations.NullMarked;
