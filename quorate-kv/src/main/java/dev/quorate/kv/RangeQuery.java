package dev.quorate.kv;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The reading of a range from one state of the table. */
final class RangeQuery {
    private RangeQuery() {}

    /** The revision that a request reads at. */
    static long revision(RangeRequest request, KvTable.View view) {
        return request.revision() > 0 ? request.revision() : view.revision();
    }

    /** Throws a {@link KvException} when the state cannot be read at the revision asked for. */
    static void checkRevision(RangeRequest request, KvTable.View view) {
        long revision = revision(request, view);
        if (revision > view.revision()) {
            throw new KvException(
                    KvException.Kind.FUTURE_REVISION, revision + " was asked for, " + view.revision() + " is reached");
        }
        if (revision < view.compacted()) {
            throw compacted(revision, view.compacted());
        }
    }

    static KvException compacted(long revision, long compacted) {
        return new KvException(
                KvException.Kind.COMPACTED, revision + " was asked for, " + compacted + " is the first that is kept");
    }

    /** The answer; it shares keys and values with the table. */
    static RangeResponse answer(RangeRequest request, KvTable.View view) {
        checkRevision(request, view);
        long at = revision(request, view);
        if (request.countOnly()) {
            return new RangeResponse(view.revision(), List.of(), false, view.count(request.keys(), at));
        }
        if (request.keys().isSingle() && !isBounded(request)) {
            KvPair pair = view.at(request.keys().key(), at);
            if (pair == null) {
                return new RangeResponse(view.revision(), List.of(), false, 0);
            }
            return new RangeResponse(
                    view.revision(), List.of(request.keysOnly() ? pair.withoutValue() : pair), false, 1);
        }
        Collector collector = new Collector(request);
        boolean all = view.scan(request.keys(), at, collector);
        long count = all ? collector.seen : view.count(request.keys(), at);
        List<KvPair> pairs = collector.pairs;
        Comparator<KvPair> order = order(request);
        if (order != null) {
            pairs.sort(order);
        }
        boolean more = request.limit() > 0 && pairs.size() > request.limit();
        if (more) {
            pairs = pairs.subList(0, (int) request.limit());
        }
        if (request.keysOnly()) {
            pairs.replaceAll(KvPair::withoutValue);
        }
        return new RangeResponse(view.revision(), pairs, more, count);
    }

    private static boolean isBounded(RangeRequest request) {
        return request.minModRevision() != 0
                || request.maxModRevision() != 0
                || request.minCreateRevision() != 0
                || request.maxCreateRevision() != 0;
    }

    private static @Nullable Comparator<KvPair> order(RangeRequest request) {
        boolean asStored = request.sortTarget() == SortTarget.KEY && request.sortOrder() != SortOrder.DESCEND;
        if (asStored) {
            return null;
        }
        Comparator<KvPair> ascending = switch (request.sortTarget()) {
            case KEY -> Comparator.comparing(KvPair::key);
            case VERSION -> Comparator.comparingLong(KvPair::version);
            case CREATE -> Comparator.comparingLong(KvPair::createRevision);
            case MOD -> Comparator.comparingLong(KvPair::modRevision);
            case VALUE -> Comparator.comparing(KvPair::value);
        };
        return request.sortOrder() == SortOrder.DESCEND ? ascending.reversed() : ascending;
    }

    /** Takes the pairs within the revision bounds; without an order, not more than one above the limit. */
    private static final class Collector implements Predicate<KvPair> {
        private final RangeRequest request;
        private final long pairsMax;
        private final List<KvPair> pairs = new ArrayList<>();
        private final boolean bounded;
        private long seen;

        Collector(RangeRequest request) {
            this.request = request;
            this.bounded = isBounded(request);
            boolean unlimited = request.limit() <= 0 || order(request) != null;
            this.pairsMax = unlimited ? Long.MAX_VALUE : request.limit();
        }

        @Override
        public boolean test(KvPair pair) {
            seen++;
            if (!bounded || isWithinBounds(pair)) {
                pairs.add(pair);
            }
            return pairs.size() <= pairsMax;
        }

        private boolean isWithinBounds(KvPair pair) {
            return isWithin(pair.modRevision(), request.minModRevision(), request.maxModRevision())
                    && isWithin(pair.createRevision(), request.minCreateRevision(), request.maxCreateRevision());
        }

        private static boolean isWithin(long revision, long min, long max) {
            return (min == 0 || revision >= min) && (max == 0 || revision <= max);
        }
    }
}
