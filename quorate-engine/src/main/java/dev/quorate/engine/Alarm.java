package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import java.nio.ByteBuffer;

/**
 * What an {@link dev.quorate.spi.EntryKind#ALARM} entry says: the state of this node is not the cluster's (CORRUPT).
 * The bytes:
 *
 * <pre>
 *   version 1 │ kind 1 (1 = CORRUPT) │ node id 8, big endian
 * </pre>
 */
record Alarm(NodeId node) {
    private static final byte VERSION = 1;
    private static final byte CORRUPT = 1;
    private static final int BYTES = 2 + Long.BYTES;

    Bytes encode() {
        return Bytes.wrap(ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .put(CORRUPT)
                .putLong(node.value())
                .array());
    }

    /** The alarm with these bytes; {@link IllegalArgumentException} when there is none. */
    static Alarm decode(Bytes bytes) {
        ByteBuffer in = bytes.asByteBuffer();
        if (bytes.length() != BYTES || in.get() != VERSION || in.get() != CORRUPT) {
            throw new IllegalArgumentException("no alarm: " + bytes);
        }
        return new Alarm(NodeId.of(in.getLong()));
    }
}
