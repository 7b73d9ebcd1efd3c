package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.List;

/**
 * Several operations that happen at once: all of {@code success} when every condition holds, else all of
 * {@code failure}.
 *
 * <p>All conditions, those of nested transactions included, look at the state before the transaction. Reads see the
 * writes that stand before them. All writes have one store revision.
 *
 * @param compares the conditions; none: they hold
 */
public record TxnRequest(List<Compare> compares, List<KvOp> success, List<KvOp> failure) implements KvOp {
    /** The most conditions or operations in one list, all lists around it included. */
    public static final int OPS_MAX = 128;

    public TxnRequest {
        compares = List.copyOf(compares);
        success = List.copyOf(success);
        failure = List.copyOf(failure);
    }

    /** Operations without a condition. */
    public static TxnRequest of(KvOp... operations) {
        return new TxnRequest(List.of(), List.of(operations), List.of());
    }

    /** Begins a transaction with its conditions. */
    public static TxnRequest when(Compare... compares) {
        return new TxnRequest(List.of(compares), List.of(), List.of());
    }

    /** The same with what to do when every condition holds. */
    public TxnRequest then(KvOp... operations) {
        return new TxnRequest(compares, List.of(operations), failure);
    }

    /** The same with what to do when some condition does not hold. */
    public TxnRequest otherwise(KvOp... operations) {
        return new TxnRequest(compares, success, List.of(operations));
    }

    /** Replaces the value of a key if it is the expected one. */
    public static TxnRequest compareAndSet(Bytes key, Bytes expected, Bytes value) {
        return when(Compare.value(key, CompareResult.EQUAL, expected)).then(PutRequest.of(key, value));
    }

    /** True when no operation on any path writes. */
    public boolean isReadOnly() {
        return readOnly(success) && readOnly(failure);
    }

    private static boolean readOnly(List<KvOp> operations) {
        for (KvOp operation : operations) {
            boolean reads = operation instanceof RangeRequest
                    || (operation instanceof TxnRequest nested && nested.isReadOnly());
            if (!reads) {
                return false;
            }
        }
        return true;
    }

    @Override
    public <R> R acceptOp(KvOp.Visitor<R> visitor) {
        return visitor.txn(this);
    }
}
