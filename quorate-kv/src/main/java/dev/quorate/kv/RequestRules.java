package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the store refuses whatever its state is. Checked before a request is sent, so that nothing useless is
 * replicated, and again when it is applied, so that every replica refuses the same.
 */
final class RequestRules implements KvRequest.Visitor<RequestRules.Written> {
    /** How many conditions or operations a list may still have, lists around it taken off. */
    private final int opsMax;

    private RequestRules(int opsMax) {
        this.opsMax = opsMax;
    }

    /** Throws a {@link KvException} when the request breaks a rule. */
    static void check(KvRequest request) {
        request.accept(new RequestRules(TxnRequest.OPS_MAX));
    }

    @Override
    public Written put(PutRequest put) {
        checkKey(put.key());
        if (put.ignoreValue() && !put.value().isEmpty()) {
            throw new KvException(KvException.Kind.VALUE_PROVIDED);
        }
        if (put.ignoreLease() && put.leaseId() != 0) {
            throw new KvException(KvException.Kind.LEASE_PROVIDED);
        }
        return Written.NOTHING;
    }

    @Override
    public Written range(RangeRequest range) {
        checkKey(range.keys().key());
        return Written.NOTHING;
    }

    @Override
    public Written deleteRange(DeleteRangeRequest delete) {
        checkKey(delete.keys().key());
        return Written.NOTHING;
    }

    @Override
    public Written compact(CompactRequest compact) {
        return Written.NOTHING;
    }

    /** Checks each operation first, then that no path writes a key twice. */
    @Override
    public Written txn(TxnRequest txn) {
        checkOps(txn);
        Written written = written(txn.success());
        written(txn.failure());
        return written;
    }

    private void checkOps(TxnRequest txn) {
        int longest = Math.max(
                txn.compares().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        if (longest > opsMax) {
            throw new KvException(KvException.Kind.TOO_MANY_OPS);
        }
        for (Compare compare : txn.compares()) {
            checkKey(compare.keys().key());
        }
        RequestRules inside = new RequestRules(opsMax - longest);
        inside.checkOps(txn.success());
        inside.checkOps(txn.failure());
    }

    private void checkOps(List<KvOp> ops) {
        for (KvOp op : ops) {
            if (op instanceof TxnRequest nested) {
                checkOps(nested);
            } else {
                op.acceptOp(this);
            }
        }
    }

    private static void checkKey(Bytes key) {
        if (key.isEmpty()) {
            throw new KvException(KvException.Kind.KEY_NOT_PROVIDED);
        }
    }

    /**
     * What a list of operations writes. A put must not meet another put of its key, nor a deletion of the same list or
     * of a nested transaction before it. The two paths of one transaction exclude each other, so both may put the same
     * key.
     */
    private static Written written(List<KvOp> ops) {
        Written written = new Written();
        for (KvOp op : ops) {
            if (op instanceof DeleteRangeRequest delete) {
                written.delete(delete.keys());
            }
        }
        for (KvOp op : ops) {
            if (op instanceof TxnRequest nested) {
                Written success = written(nested.success());
                Written failure = written(nested.failure());
                written.checkPuts(success);
                written.checkPuts(failure);
                written.add(success);
                written.add(failure);
            }
        }
        for (KvOp op : ops) {
            if (op instanceof PutRequest put) {
                written.checkPut(put.key());
                written.puts.add(put.key());
            }
        }
        return written;
    }

    /**
     * Keys put, and ranges deleted: disjoint, by their first key, each with the first key behind it or null for no end.
     */
    static final class Written {
        static final Written NOTHING = new Written();

        private Set<Bytes> puts = new HashSet<>();
        private TreeMap<Bytes, @Nullable Bytes> deletions = new TreeMap<>();

        private void checkPut(Bytes key) {
            Map.@Nullable Entry<Bytes, @Nullable Bytes> below = deletions.floorEntry(key);
            if (puts.contains(key) || (below != null && isBefore(key, below.getValue()))) {
                throw new KvException(KvException.Kind.DUPLICATE_KEY);
            }
        }

        private void checkPuts(Written other) {
            for (Bytes key : other.puts) {
                checkPut(key);
            }
        }

        private void delete(KeyRange keys) {
            if (keys.isSingle()) {
                delete(keys.key(), KeyRange.behind(keys.key()));
            } else if (keys.isOpen()) {
                delete(keys.key(), null);
            } else if (keys.key().compareTo(keys.end()) < 0) {
                delete(keys.key(), keys.end());
            }
        }

        /** Adds a range, melted together with those it meets. */
        private void delete(Bytes first, @Nullable Bytes end) {
            Bytes from = first;
            Bytes to = end;
            Map.@Nullable Entry<Bytes, @Nullable Bytes> below = deletions.floorEntry(first);
            if (below != null && isBefore(first, below.getValue())) {
                from = below.getKey();
                to = later(to, below.getValue());
                deletions.remove(from);
            }
            Map.@Nullable Entry<Bytes, @Nullable Bytes> above = deletions.ceilingEntry(from);
            while (above != null && isBefore(above.getKey(), to)) {
                to = later(to, above.getValue());
                deletions.remove(above.getKey());
                above = deletions.ceilingEntry(from);
            }
            deletions.put(from, to);
        }

        private void add(Written other) {
            if (other.puts.size() > puts.size()) {
                Set<Bytes> larger = other.puts;
                other.puts = puts;
                puts = larger;
            }
            puts.addAll(other.puts);
            if (other.deletions.size() > deletions.size()) {
                TreeMap<Bytes, @Nullable Bytes> larger = other.deletions;
                other.deletions = deletions;
                deletions = larger;
            }
            other.deletions.forEach(this::delete);
        }

        private static boolean isBefore(Bytes key, @Nullable Bytes end) {
            return end == null || key.compareTo(end) < 0;
        }

        private static @Nullable Bytes later(@Nullable Bytes a, @Nullable Bytes b) {
            if (a == null || b == null) {
                return null;
            }
            return a.compareTo(b) < 0 ? b : a;
        }
    }
}
