package dev.quorate.kv;

import java.util.List;

/**
 * The answer to a deletion.
 *
 * @param deleted how many keys were there
 * @param prevPairs what they were, in key order, when it was asked for
 */
public record DeleteRangeResponse(long revision, long deleted, List<KvPair> prevPairs) implements KvResponse {
    public DeleteRangeResponse {
        prevPairs = List.copyOf(prevPairs);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.deleteRange(this);
    }
}
