package dev.quorate.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.quorate.etcd.wire.CompactionRequest;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.Compare.CompareResult;
import dev.quorate.etcd.wire.Compare.CompareTarget;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeRequest.SortOrder;
import dev.quorate.etcd.wire.RangeRequest.SortTarget;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.TxnRequest;
import java.util.SplittableRandom;

/** Requests of every kind over a few keys, some of them wrong, drawn from a seed. */
final class RandomRequests {
    private static final String[] KEYS = {"a", "aa", "ab", "b", "ba", "c"};
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final SplittableRandom random;

    RandomRequests(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** The next request; {@code revision} is where the store stands. */
    Message next(long revision) {
        int kind = random.nextInt(100);
        if (kind < 35) {
            return put();
        }
        if (kind < 60) {
            return range(revision);
        }
        if (kind < 70) {
            return deleteRange();
        }
        return kind < 98 ? txn(revision, 2) : compact(revision);
    }

    private PutRequest put() {
        PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(oneIn(3));
        if (oneIn(8)) {
            put.setIgnoreValue(true);
        }
        if (!put.getIgnoreValue() || oneIn(4)) {
            put.setValue(value());
        }
        if (oneIn(10)) {
            put.setIgnoreLease(true);
        }
        if (oneIn(25)) {
            put.setLease(random.nextLong(1, 100));
        }
        return put.build();
    }

    private RangeRequest range(long revision) {
        RangeRequest.Builder range = RangeRequest.newBuilder().setKey(key()).setRangeEnd(end());
        if (oneIn(3)) {
            range.setLimit(random.nextInt(5));
        }
        if (oneIn(3)) {
            range.setRevision(random.nextLong(-1, revision + 3));
        }
        if (oneIn(2)) {
            range.setSortTarget(SortTarget.forNumber(random.nextInt(5)));
            // Without an order and with a limit, etcd sorts what the limit left; we sort first, as it does with an
            // order.
            range.setSortOrder(SortOrder.forNumber(random.nextInt(range.getLimit() > 0 ? 1 : 0, 3)));
        }
        range.setKeysOnly(oneIn(6)).setCountOnly(oneIn(6)).setSerializable(oneIn(4));
        if (oneIn(6)) {
            range.setMinModRevision(revision(revision)).setMaxModRevision(revision(revision));
        }
        if (oneIn(6)) {
            range.setMinCreateRevision(revision(revision)).setMaxCreateRevision(revision(revision));
        }
        return range.build();
    }

    private DeleteRangeRequest deleteRange() {
        return DeleteRangeRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(end())
                .setPrevKv(oneIn(3))
                .build();
    }

    /** A read inside a transaction has no negative revision, which etcd takes for a compacted one there only. */
    private RangeRequest rangeInside(long revision) {
        RangeRequest request = range(revision);
        return request.toBuilder()
                .setRevision(Math.max(0, request.getRevision()))
                .build();
    }

    /**
     * A deletion inside a transaction always has an end: etcd does not see that a range without one overlaps with a
     * put, where we refuse the transaction.
     */
    private DeleteRangeRequest deleteInside() {
        DeleteRangeRequest request = deleteRange();
        return request.getRangeEnd().equals(ZERO)
                ? request.toBuilder().setRangeEnd(ByteString.copyFromUtf8("z")).build()
                : request;
    }

    private TxnRequest txn(long revision, int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addCompare(compare(revision));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addSuccess(operation(revision, depth));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addFailure(operation(revision, depth));
        }
        return txn.build();
    }

    private RequestOp operation(long revision, int depth) {
        int kind = random.nextInt(40);
        if (kind < 16) {
            return RequestOp.newBuilder().setRequestPut(put()).build();
        }
        if (kind < 28) {
            return RequestOp.newBuilder().setRequestRange(rangeInside(revision)).build();
        }
        return kind < 36 || depth == 0
                ? RequestOp.newBuilder().setRequestDeleteRange(deleteInside()).build()
                : RequestOp.newBuilder().setRequestTxn(txn(revision, depth - 1)).build();
    }

    private Compare compare(long revision) {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(key())
                .setResult(CompareResult.forNumber(random.nextInt(4)))
                .setTarget(CompareTarget.forNumber(random.nextInt(5)));
        if (oneIn(4)) {
            compare.setRangeEnd(end());
        }
        switch (compare.getTarget()) {
            case VERSION -> compare.setVersion(random.nextInt(4));
            case CREATE -> compare.setCreateRevision(revision(revision));
            case MOD -> compare.setModRevision(revision(revision));
            case VALUE -> compare.setValue(value());
            case LEASE -> compare.setLease(random.nextInt(2));
            case UNRECOGNIZED -> throw new IllegalStateException("no such target");
        }
        if (oneIn(30)) {
            // The operand of another target.
            compare.setVersion(1);
        }
        return compare.build();
    }

    private CompactionRequest compact(long revision) {
        // Not 0: etcd compacts to "before everything" once and then no more, which changes nothing.
        long target = oneIn(4) ? random.nextLong(1, revision + 3) : Math.max(1, revision - random.nextInt(30));
        return CompactionRequest.newBuilder()
                .setRevision(target)
                .setPhysical(oneIn(2))
                .build();
    }

    private ByteString key() {
        if (oneIn(60)) {
            return ByteString.EMPTY;
        }
        return oneIn(20) ? ZERO : ByteString.copyFromUtf8(KEYS[random.nextInt(KEYS.length)]);
    }

    private ByteString end() {
        return switch (random.nextInt(5)) {
            case 0 -> ZERO;
            case 1 -> ByteString.copyFromUtf8(KEYS[random.nextInt(KEYS.length)]);
            case 2 -> ByteString.copyFromUtf8("z");
            default -> ByteString.EMPTY;
        };
    }

    private ByteString value() {
        return oneIn(10) ? ByteString.EMPTY : ByteString.copyFromUtf8("v" + random.nextInt(5));
    }

    private long revision(long revision) {
        return Math.max(0, revision - random.nextInt(12));
    }

    private boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }
}
