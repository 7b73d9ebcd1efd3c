package dev.quorate.kv;

/** A request that may also stand in a transaction. */
public sealed interface KvOp extends KvRequest permits PutRequest, RangeRequest, DeleteRangeRequest, TxnRequest {
    /** Calls the method for this kind of operation. */
    <R> R acceptOp(Visitor<R> visitor);

    @Override
    default <R> R accept(KvRequest.Visitor<R> visitor) {
        return acceptOp(visitor);
    }

    /** One method for each kind of operation. */
    interface Visitor<R> {
        /** A put. */
        R put(PutRequest request);

        /** A read. */
        R range(RangeRequest request);

        /** A deletion. */
        R deleteRange(DeleteRangeRequest request);

        /** A transaction. */
        R txn(TxnRequest request);
    }
}
