package dev.quorate.kv;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a read.
 *
 * @param revision the present store revision, also when an older one was read
 * @param more whether the limit left pairs out
 * @param count how many keys are in the range; limit and revision bounds do not lower it
 */
public record RangeResponse(long revision, List<KvPair> pairs, boolean more, long count) implements KvResponse {
    public RangeResponse {
        pairs = List.copyOf(pairs);
    }

    /** The first pair. */
    public Optional<KvPair> first() {
        return pairs.isEmpty() ? Optional.empty() : Optional.of(pairs.get(0));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.range(this);
    }
}
