package dev.quorate.server.console;

import com.google.protobuf.ByteString;

/** The range of keys that begin in a certain way. */
public final class Prefixes {
    /** A range with this end has none; a range that begins here has all keys. */
    public static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private Prefixes() {}

    /** The first key behind those that begin with the prefix: its last byte plus one, where 0xff carries. */
    public static ByteString after(ByteString prefix) {
        byte[] end = prefix.toByteArray();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xff) {
                end[i]++;
                return ByteString.copyFrom(end, 0, i + 1);
            }
        }
        return ZERO;
    }
}
