package dev.quorate.server.bulk;

import com.google.protobuf.ByteString;

/** What stands in one place of an imported file. */
sealed interface Row {
    /** The line it begins in, from 1. */
    long line();

    /** A record to import. */
    record Pair(long line, ByteString key, ByteString value) implements Row {}

    /** Something that is no record, and why. */
    record Bad(long line, String reason) implements Row {}
}
