package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key.
 *
 * @param revision the store revision it was made at; changes of one transaction share it, and stand in the order they
 *     were made
 * @param pair what the key became; null when it was deleted
 * @param previous what the key was before; null when it did not exist
 */
public record Change(
        long revision,
        Bytes key,
        @Nullable KvPair pair,
        @Nullable KvPair previous) {}
