package dev.quorate.kv;

/**
 * What a client asks of the store.
 *
 * <p>Any content can be put into a request; what the store refuses it answers with a {@link KvException}, before
 * anything is sent where the request alone tells.
 */
public sealed interface KvRequest permits KvOp, CompactRequest {
    /** Calls the method for this kind of request. */
    <R> R accept(Visitor<R> visitor);

    /** One method for each kind of request. */
    interface Visitor<R> extends KvOp.Visitor<R> {
        /** A compaction. */
        R compact(CompactRequest request);
    }
}
