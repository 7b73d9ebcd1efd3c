package dev.quorate.kv;

/** The answer to a compaction. */
public record CompactResponse(long revision) implements KvResponse {
    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.compact(this);
    }
}
