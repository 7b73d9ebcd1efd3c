package dev.quorate.kv;

/**
 * Forgets what the store was before a revision. What it was at that revision stays readable.
 *
 * @param revision above the last compaction's, at most the present one
 * @param physical answers only when the space of what was forgotten is free on the answering node
 */
public record CompactRequest(long revision, boolean physical) implements KvRequest {
    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.compact(this);
    }
}
