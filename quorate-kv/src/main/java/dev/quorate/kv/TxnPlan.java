package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The path that a transaction takes, decided before anything is written: the conditions of nested transactions look at
 * the state before the outermost one, too.
 *
 * @param ops the operations of the path at this level
 * @param nested the plans of the transactions among them, in their order
 */
record TxnPlan(boolean succeeded, List<KvOp> ops, List<TxnPlan> nested) {

    /** The plan of a transaction in this state. */
    static TxnPlan of(TxnRequest txn, KvTable.View view) {
        boolean succeeded = true;
        for (Compare compare : txn.compares()) {
            if (!holds(compare, view)) {
                succeeded = false;
                break;
            }
        }
        List<KvOp> ops = succeeded ? txn.success() : txn.failure();
        List<TxnPlan> nested = new ArrayList<>();
        for (KvOp op : ops) {
            if (op instanceof TxnRequest inner) {
                nested.add(of(inner, view));
            }
        }
        return new TxnPlan(succeeded, ops, nested);
    }

    /** Shows every operation of the path that is not a transaction, in order. */
    void forEach(Consumer<KvOp> taker) {
        int next = 0;
        for (KvOp op : ops) {
            if (op instanceof TxnRequest) {
                nested.get(next++).forEach(taker);
            } else {
                taker.accept(op);
            }
        }
    }

    /**
     * Carries the plan out.
     *
     * @param operations carries out what is not a transaction
     * @param revision the store revision at each moment
     */
    TxnResponse run(KvOp.Visitor<KvResponse> operations, LongSupplier revision) {
        List<KvResponse> responses = new ArrayList<>(ops.size());
        int next = 0;
        for (KvOp op : ops) {
            responses.add(
                    op instanceof TxnRequest ? nested.get(next++).run(operations, revision) : op.acceptOp(operations));
        }
        return new TxnResponse(revision.getAsLong(), succeeded, responses);
    }

    private static boolean holds(Compare compare, KvTable.View view) {
        boolean[] any = {false};
        boolean all = view.scan(compare.keys(), view.revision(), pair -> {
            any[0] = true;
            return holds(compare, pair);
        });
        if (any[0]) {
            return all;
        }
        return compare.target() != CompareTarget.VALUE && holds(compare, MISSING);
    }

    private static final KvPair MISSING = new KvPair(Bytes.EMPTY, 0, 0, 0, Bytes.EMPTY, 0);

    private static boolean holds(Compare compare, KvPair pair) {
        int order = switch (compare.target()) {
            case VERSION -> Long.compare(pair.version(), compare.number());
            case CREATE -> Long.compare(pair.createRevision(), compare.number());
            case MOD -> Long.compare(pair.modRevision(), compare.number());
            case VALUE -> pair.value().compareTo(compare.value());
            case LEASE -> Long.compare(pair.leaseId(), compare.number());
        };
        return switch (compare.result()) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
        };
    }
}
