package dev.quorate.kv;

/** An answer of the store. */
public sealed interface KvResponse
        permits PutResponse, RangeResponse, DeleteRangeResponse, TxnResponse, CompactResponse {
    /** The store revision after the request, from 1. */
    long revision();

    /** Calls the method for this kind of answer. */
    <R> R accept(Visitor<R> visitor);

    /** One method for each kind of answer. */
    interface Visitor<R> {
        /** The answer to a put. */
        R put(PutResponse response);

        /** The answer to a read. */
        R range(RangeResponse response);

        /** The answer to a deletion. */
        R deleteRange(DeleteRangeResponse response);

        /** The answer to a transaction. */
        R txn(TxnResponse response);

        /** The answer to a compaction. */
        R compact(CompactResponse response);
    }
}
