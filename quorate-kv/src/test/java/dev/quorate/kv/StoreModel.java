package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The store as plainly as it can be said: a list of everything that ever happened, gone through from the beginning for
 * each question. Slow on purpose; shares no code with the store but the values.
 */
final class StoreModel {
    private final List<Event> events = new ArrayList<>();
    private long revision = 1;
    private long compacted;

    /** A key became this pair, or ended. */
    record Event(long revision, Bytes key, @Nullable KvPair pair) {}

    long revision() {
        return revision;
    }

    long compacted() {
        return compacted;
    }

    /** What can still be read, as a value: equal for stores that cannot be told apart. */
    List<Object> content() {
        List<Object> content = new ArrayList<>(List.of(revision, compacted));
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            Optional<Event> next = events.subList(i + 1, events.size()).stream()
                    .filter(later -> later.key().equals(event.key()))
                    .findFirst();
            boolean forgotten = event.pair() == null
                    ? event.revision() <= compacted
                    : next.isPresent() && next.get().revision() <= compacted;
            if (!forgotten) {
                content.add(event);
            }
        }
        return content;
    }

    NavigableMap<Bytes, KvPair> at(long revision) {
        NavigableMap<Bytes, KvPair> state = new TreeMap<>();
        for (Event event : events) {
            if (event.revision() <= revision) {
                if (event.pair() == null) {
                    state.remove(event.key());
                } else {
                    state.put(event.key(), event.pair());
                }
            }
        }
        return state;
    }

    KvResponse apply(KvRequest request) {
        refuseByRules(request, TxnRequest.OPS_MAX);
        if (request instanceof CompactRequest compact) {
            if (compact.revision() <= compacted) {
                throw new KvException(KvException.Kind.COMPACTED);
            }
            if (compact.revision() > revision) {
                throw new KvException(KvException.Kind.FUTURE_REVISION);
            }
            compacted = compact.revision();
            return new CompactResponse(revision);
        }
        long next = revision + 1;
        List<TxnRequest> taken = new ArrayList<>();
        if (request instanceof TxnRequest txn) {
            path(txn, taken);
        }
        refuseByState((KvOp) request, taken, at(revision), request instanceof TxnRequest);
        return run((KvOp) request, taken, next);
    }

    /** The transactions whose conditions hold, those inside of taken paths included. */
    private void path(TxnRequest txn, List<TxnRequest> holding) {
        NavigableMap<Bytes, KvPair> state = at(revision);
        boolean holds = txn.compares().stream().allMatch(compare -> holds(compare, state));
        if (holds) {
            holding.add(txn);
        }
        for (KvOp op : holds ? txn.success() : txn.failure()) {
            if (op instanceof TxnRequest nested) {
                path(nested, holding);
            }
        }
    }

    private static boolean isTaken(TxnRequest txn, List<TxnRequest> holding) {
        return holding.stream().anyMatch(txn::equals);
    }

    private static Stream<KvOp> taken(KvOp op, List<TxnRequest> holding) {
        if (op instanceof TxnRequest txn) {
            List<KvOp> ops = isTaken(txn, holding) ? txn.success() : txn.failure();
            return ops.stream().flatMap(each -> taken(each, holding));
        }
        return Stream.of(op);
    }

    private void refuseByState(
            KvOp request, List<TxnRequest> holding, NavigableMap<Bytes, KvPair> state, boolean inTxn) {
        List<KvOp> ops = taken(request, holding).toList();
        for (KvOp op : ops) {
            if (op instanceof PutRequest put) {
                boolean absent = (put.ignoreValue() || put.ignoreLease()) && !state.containsKey(put.key());
                if (absent && (inTxn || put.leaseId() == 0)) {
                    throw new KvException(KvException.Kind.KEY_NOT_FOUND);
                }
                if (put.leaseId() != 0) {
                    throw new KvException(KvException.Kind.LEASE_NOT_FOUND);
                }
            }
        }
        for (KvOp op : ops) {
            if (op instanceof RangeRequest range && range.revision() > revision) {
                throw new KvException(KvException.Kind.FUTURE_REVISION);
            }
            if (op instanceof RangeRequest range && range.revision() > 0 && range.revision() < compacted) {
                throw new KvException(KvException.Kind.COMPACTED);
            }
        }
    }

    private KvResponse run(KvOp op, List<TxnRequest> holding, long next) {
        if (op instanceof PutRequest put) {
            KvPair old = at(next).get(put.key());
            KvPair pair = new KvPair(
                    put.key(),
                    old == null ? next : old.createRevision(),
                    next,
                    old == null ? 1 : old.version() + 1,
                    old != null && put.ignoreValue() ? old.value() : put.value(),
                    old != null && put.ignoreLease() ? old.leaseId() : put.leaseId());
            events.add(new Event(next, put.key(), pair));
            revision = next;
            return new PutResponse(revision, put.prevPair() ? Optional.ofNullable(old) : Optional.empty());
        }
        if (op instanceof DeleteRangeRequest delete) {
            List<KvPair> found = in(delete.keys(), at(next).values());
            for (KvPair pair : found) {
                events.add(new Event(next, pair.key(), null));
                revision = next;
            }
            return new DeleteRangeResponse(revision, found.size(), delete.prevPairs() ? found : List.of());
        }
        if (op instanceof RangeRequest range) {
            return range(range);
        }
        TxnRequest txn = (TxnRequest) op;
        boolean succeeded = isTaken(txn, holding);
        List<KvResponse> responses = new ArrayList<>();
        for (KvOp each : succeeded ? txn.success() : txn.failure()) {
            responses.add(run(each, holding, next));
        }
        return new TxnResponse(revision, succeeded, responses);
    }

    private RangeResponse range(RangeRequest range) {
        List<KvPair> all = in(
                range.keys(),
                at(range.revision() > 0 ? range.revision() : revision).values());
        if (range.countOnly()) {
            return new RangeResponse(revision, List.of(), false, all.size());
        }
        Comparator<KvPair> order = switch (range.sortTarget()) {
            case KEY -> Comparator.comparing(KvPair::key);
            case VERSION -> Comparator.comparing(KvPair::version);
            case CREATE -> Comparator.comparing(KvPair::createRevision);
            case MOD -> Comparator.comparing(KvPair::modRevision);
            case VALUE -> Comparator.comparing(KvPair::value);
        };
        List<KvPair> kept = all.stream()
                .filter(pair -> range.minModRevision() == 0 || pair.modRevision() >= range.minModRevision())
                .filter(pair -> range.maxModRevision() == 0 || pair.modRevision() <= range.maxModRevision())
                .filter(pair -> range.minCreateRevision() == 0 || pair.createRevision() >= range.minCreateRevision())
                .filter(pair -> range.maxCreateRevision() == 0 || pair.createRevision() <= range.maxCreateRevision())
                .sorted(range.sortOrder() == SortOrder.DESCEND ? order.reversed() : order)
                .map(pair -> range.keysOnly() ? withoutValue(pair) : pair)
                .toList();
        long limit = range.limit() > 0 ? range.limit() : Long.MAX_VALUE;
        return new RangeResponse(revision, kept.stream().limit(limit).toList(), kept.size() > limit, all.size());
    }

    private static KvPair withoutValue(KvPair pair) {
        return new KvPair(
                pair.key(), pair.createRevision(), pair.modRevision(), pair.version(), Bytes.utf8(""), pair.leaseId());
    }

    private static boolean holds(Compare compare, NavigableMap<Bytes, KvPair> state) {
        List<KvPair> pairs = in(compare.keys(), state.values());
        if (pairs.isEmpty()) {
            KvPair zeros = new KvPair(Bytes.EMPTY, 0, 0, 0, Bytes.EMPTY, 0);
            return compare.target() != CompareTarget.VALUE && holds(compare, zeros);
        }
        return pairs.stream().allMatch(pair -> holds(compare, pair));
    }

    private static boolean holds(Compare compare, KvPair pair) {
        int sign = switch (compare.target()) {
            case VERSION -> Long.signum(pair.version() - compare.number());
            case CREATE -> Long.signum(pair.createRevision() - compare.number());
            case MOD -> Long.signum(pair.modRevision() - compare.number());
            case LEASE -> Long.signum(pair.leaseId() - compare.number());
            case VALUE -> Integer.signum(pair.value().compareTo(compare.value()));
        };
        return switch (compare.result()) {
            case EQUAL -> sign == 0;
            case NOT_EQUAL -> sign != 0;
            case GREATER -> sign == 1;
            case LESS -> sign == -1;
        };
    }

    static boolean isIn(KeyRange keys, Bytes key) {
        if (keys.end().isEmpty()) {
            return key.equals(keys.key());
        }
        boolean open = keys.end().length() == 1 && keys.end().at(0) == 0;
        return key.compareTo(keys.key()) >= 0 && (open || key.compareTo(keys.end()) < 0);
    }

    private static List<KvPair> in(KeyRange keys, Collection<KvPair> pairs) {
        return pairs.stream().filter(pair -> isIn(keys, pair.key())).collect(Collectors.toList());
    }

    private static void refuseByRules(KvRequest request, int opsMax) {
        if (request instanceof TxnRequest txn) {
            refuseShape(txn, opsMax);
            refuseDuplicates(txn.success());
            refuseDuplicates(txn.failure());
        } else {
            refuseShape(request, opsMax);
        }
    }

    private static void refuseShape(KvRequest request, int opsMax) {
        if (request instanceof PutRequest put) {
            refuseIf(put.key().isEmpty(), KvException.Kind.KEY_NOT_PROVIDED);
            refuseIf(put.ignoreValue() && !put.value().isEmpty(), KvException.Kind.VALUE_PROVIDED);
            refuseIf(put.ignoreLease() && put.leaseId() != 0, KvException.Kind.LEASE_PROVIDED);
        } else if (request instanceof DeleteRangeRequest delete) {
            refuseIf(delete.keys().key().isEmpty(), KvException.Kind.KEY_NOT_PROVIDED);
        } else if (request instanceof RangeRequest range) {
            refuseIf(range.keys().key().isEmpty(), KvException.Kind.KEY_NOT_PROVIDED);
        } else if (request instanceof TxnRequest txn) {
            int longest = Stream.of(txn.compares(), txn.success(), txn.failure())
                    .mapToInt(List::size)
                    .max()
                    .orElse(0);
            refuseIf(longest > opsMax, KvException.Kind.TOO_MANY_OPS);
            for (Compare compare : txn.compares()) {
                refuseIf(compare.keys().key().isEmpty(), KvException.Kind.KEY_NOT_PROVIDED);
            }
            Stream.concat(txn.success().stream(), txn.failure().stream())
                    .forEach(op -> refuseShape(op, opsMax - longest));
        }
    }

    /** Each pair of operations of the list is looked at: one of them puts what the other one puts or deletes. */
    private static void refuseDuplicates(List<KvOp> ops) {
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i) instanceof TxnRequest nested) {
                refuseDuplicates(nested.success());
                refuseDuplicates(nested.failure());
            }
        }
        for (int i = 0; i < ops.size(); i++) {
            for (int j = i + 1; j < ops.size(); j++) {
                KvOp first = ops.get(i);
                KvOp second = ops.get(j);
                List<Bytes> firstPuts = puts(first).toList();
                List<Bytes> secondPuts = puts(second).toList();
                boolean clash = firstPuts.stream().anyMatch(secondPuts::contains)
                        || deletions(first).anyMatch(range -> touches(range, secondPuts));
                boolean bothNested = first instanceof TxnRequest && second instanceof TxnRequest;
                clash |= !bothNested && deletions(second).anyMatch(range -> touches(range, firstPuts));
                refuseIf(clash, KvException.Kind.DUPLICATE_KEY);
            }
        }
    }

    private static boolean touches(KeyRange range, List<Bytes> keys) {
        return keys.stream().anyMatch(key -> isIn(range, key));
    }

    private static Stream<Bytes> puts(KvOp op) {
        if (op instanceof TxnRequest txn) {
            return Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(StoreModel::puts);
        }
        return op instanceof PutRequest put ? Stream.of(put.key()) : Stream.of();
    }

    private static Stream<KeyRange> deletions(KvOp op) {
        if (op instanceof TxnRequest txn) {
            return Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(StoreModel::deletions);
        }
        return op instanceof DeleteRangeRequest delete ? Stream.of(delete.keys()) : Stream.of();
    }

    private static void refuseIf(boolean wrong, KvException.Kind kind) {
        if (wrong) {
            throw new KvException(kind);
        }
    }
}
