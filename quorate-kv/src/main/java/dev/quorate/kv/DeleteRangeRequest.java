package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * Deletes a key or a range of keys.
 *
 * @param prevPairs whether the answer tells what was deleted
 */
public record DeleteRangeRequest(KeyRange keys, boolean prevPairs) implements KvOp {

    /** The deletion of one key. */
    public static DeleteRangeRequest of(Bytes key) {
        return of(KeyRange.of(key));
    }

    /** The deletion of a range. */
    public static DeleteRangeRequest of(KeyRange keys) {
        return new DeleteRangeRequest(keys, false);
    }

    /** The same, answering what was deleted. */
    public DeleteRangeRequest withPrevPairs() {
        return new DeleteRangeRequest(keys, true);
    }

    @Override
    public <R> R acceptOp(KvOp.Visitor<R> visitor) {
        return visitor.deleteRange(this);
    }
}
