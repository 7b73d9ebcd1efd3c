package dev.quorate.server.drill;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;

/**
 * One write that was sent: the same new value for each of its keys, all at once.
 *
 * @param keys one key, or several that a transaction writes
 * @param value what they get; empty deletes them
 */
record Attempt(List<ByteString> keys, Optional<ByteString> value) {
    Attempt {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a write without a key");
        }
    }
}
