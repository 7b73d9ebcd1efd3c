package dev.quorate.kv;

import dev.quorate.raft.Invariant;
import dev.quorate.raft.InvariantViolation;
import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One command being carried out: whatever it writes has the revision behind the present one. All checks come before the
 * first write, so a refused command changes nothing. APPLY.
 */
final class WriteTransaction implements KvRequest.Visitor<KvResponse> {
    private final KvTable table;
    private final ContentDigest digest;
    private final long before;
    private long compacted;
    private boolean wrote;

    WriteTransaction(KvTable table, ContentDigest digest, long revision, long compacted) {
        this.table = table;
        this.digest = digest;
        this.before = revision;
        this.compacted = compacted;
    }

    /** The store revision: one more than before, once something was written. */
    long revision() {
        return wrote ? before + 1 : before;
    }

    /** The last compaction. */
    long compacted() {
        return compacted;
    }

    @Override
    public KvResponse put(PutRequest put) {
        checkLease(put);
        checkPresent(put);
        return write(put);
    }

    @Override
    public KvResponse range(RangeRequest range) {
        return RangeQuery.answer(range, table.writing(revision()));
    }

    @Override
    public KvResponse deleteRange(DeleteRangeRequest delete) {
        List<KvPair> found = new ArrayList<>();
        table.writing(revision()).scan(delete.keys(), revision(), found::add);
        for (KvPair pair : found) {
            table.delete(pair.key(), before + 1);
            digest.delete(pair, before + 1);
            wrote = true;
        }
        return new DeleteRangeResponse(revision(), found.size(), delete.prevPairs() ? found : List.of());
    }

    @Override
    public KvResponse txn(TxnRequest txn) {
        KvTable.View view = table.writing(before);
        TxnPlan plan = TxnPlan.of(txn, view);
        plan.forEach(op -> {
            if (op instanceof PutRequest put) {
                checkPresent(put);
                checkLease(put);
            }
        });
        plan.forEach(op -> {
            if (op instanceof RangeRequest range) {
                RangeQuery.checkRevision(range, view);
            }
        });
        return plan.run(new Step(), this::revision);
    }

    @Override
    public KvResponse compact(CompactRequest compact) {
        long revision = compact.revision();
        if (revision <= compacted) {
            throw RangeQuery.compacted(revision, compacted);
        }
        if (revision > before) {
            throw new KvException(
                    KvException.Kind.FUTURE_REVISION, revision + " is to be compacted, " + before + " is reached");
        }
        table.compact(revision);
        digest.compact(revision);
        compacted = revision;
        return new CompactResponse(before);
    }

    private void checkPresent(PutRequest put) {
        if ((put.ignoreValue() || put.ignoreLease()) && table.newest(put.key()) == null) {
            throw new KvException(KvException.Kind.KEY_NOT_FOUND);
        }
    }

    /** No command grants a lease, so none exists. */
    private static void checkLease(PutRequest put) {
        if (put.leaseId() != 0) {
            throw new KvException(KvException.Kind.LEASE_NOT_FOUND, Long.toHexString(put.leaseId()));
        }
    }

    private PutResponse write(PutRequest put) {
        KvPair old = table.newest(put.key());
        long revision = before + 1;
        KvPair pair;
        if (old == null) {
            Invariant.check(!put.ignoreValue() && !put.ignoreLease(), "a key to be kept has gone since the check");
            Bytes key = put.key().compact();
            pair = new KvPair(key, revision, revision, 1, put.value().compact(), put.leaseId());
        } else {
            Bytes value = put.ignoreValue() ? old.value() : put.value().compact();
            long lease = put.ignoreLease() ? old.leaseId() : put.leaseId();
            pair = new KvPair(old.key(), old.createRevision(), revision, old.version() + 1, value, lease);
        }
        table.put(pair);
        digest.put(pair, old);
        wrote = true;
        return new PutResponse(revision, put.prevPair() ? Optional.ofNullable(old) : Optional.empty());
    }

    /** An operation of a transaction that has been checked. */
    private final class Step implements KvOp.Visitor<KvResponse> {
        @Override
        public KvResponse put(PutRequest put) {
            return write(put);
        }

        @Override
        public KvResponse range(RangeRequest range) {
            return WriteTransaction.this.range(range);
        }

        @Override
        public KvResponse deleteRange(DeleteRangeRequest delete) {
            return WriteTransaction.this.deleteRange(delete);
        }

        @Override
        public KvResponse txn(TxnRequest txn) {
            throw new InvariantViolation("a nested transaction outside the plan of the one around it");
        }
    }
}
