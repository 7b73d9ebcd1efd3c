package dev.quorate.kv;

import dev.quorate.raft.InvariantViolation;

/** The reading of several ranges from one state of the table. */
final class ReadTransaction implements KvOp.Visitor<KvResponse> {
    private final KvTable.View view;
    /** The oldest revision that was read at. */
    private long oldest;

    ReadTransaction(KvTable.View view) {
        this.view = view;
        this.oldest = view.revision();
    }

    /** The oldest revision that was read at. */
    long oldest() {
        return oldest;
    }

    @Override
    public RangeResponse range(RangeRequest request) {
        oldest = Math.min(oldest, RangeQuery.revision(request, view));
        return RangeQuery.answer(request, view);
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        return TxnPlan.of(request, view).run(this, view::revision);
    }

    @Override
    public KvResponse put(PutRequest request) {
        throw new InvariantViolation("a put in a transaction that only reads");
    }

    @Override
    public KvResponse deleteRange(DeleteRangeRequest request) {
        throw new InvariantViolation("a deletion in a transaction that only reads");
    }
}
