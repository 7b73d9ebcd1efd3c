package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/** The commands of requests, for applying them without a node. */
public final class Commands {
    private Commands() {}

    /** The bytes that a client of the store proposes for this request. */
    public static Bytes of(KvRequest request) {
        return CommandCodec.encode(request);
    }
}
