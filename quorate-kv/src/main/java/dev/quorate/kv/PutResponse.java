package dev.quorate.kv;

import java.util.Optional;

/**
 * The answer to a put.
 *
 * @param prevPair what was there before; empty when it was not asked for, or nothing was there
 */
public record PutResponse(long revision, Optional<KvPair> prevPair) implements KvResponse {
    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.put(this);
    }
}
