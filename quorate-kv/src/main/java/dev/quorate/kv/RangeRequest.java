package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * Reads a key or a range of keys, now or at an older revision of the store.
 *
 * @param limit the most pairs to answer; 0 or less for no limit
 * @param revision the revision to read at; 0 or less for now
 * @param sortOrder the direction; the sorting happens before the limit
 * @param sortTarget by what
 * @param keysOnly leaves the values out
 * @param countOnly answers the count and no pairs
 * @param minModRevision leaves out pairs that were changed before; 0 for all
 * @param maxModRevision leaves out pairs that were changed after; 0 for all
 * @param minCreateRevision leaves out pairs that were created before; 0 for all
 * @param maxCreateRevision leaves out pairs that were created after; 0 for all
 */
public record RangeRequest(
        KeyRange keys,
        long limit,
        long revision,
        SortOrder sortOrder,
        SortTarget sortTarget,
        boolean keysOnly,
        boolean countOnly,
        long minModRevision,
        long maxModRevision,
        long minCreateRevision,
        long maxCreateRevision)
        implements KvOp {

    /** The pair of one key, now. */
    public static RangeRequest of(Bytes key) {
        return of(KeyRange.of(key));
    }

    /** All pairs of a range, now, in key order. */
    public static RangeRequest of(KeyRange keys) {
        return new RangeRequest(keys, 0, 0, SortOrder.NONE, SortTarget.KEY, false, false, 0, 0, 0, 0);
    }

    /** The same with at most so many pairs. */
    public RangeRequest withLimit(long pairs) {
        return with(pairs, revision, sortTarget, sortOrder, keysOnly, countOnly);
    }

    /** The same at a revision of the store. */
    public RangeRequest atRevision(long storeRevision) {
        return with(limit, storeRevision, sortTarget, sortOrder, keysOnly, countOnly);
    }

    /** The same, sorted. */
    public RangeRequest sortedBy(SortTarget target, SortOrder order) {
        return with(limit, revision, target, order, keysOnly, countOnly);
    }

    /** The same without values. */
    public RangeRequest withKeysOnly() {
        return with(limit, revision, sortTarget, sortOrder, true, countOnly);
    }

    /** The same without pairs. */
    public RangeRequest withCountOnly() {
        return with(limit, revision, sortTarget, sortOrder, keysOnly, true);
    }

    /** The same with pairs that were last changed from one revision to another one, inclusive; 0 for no bound. */
    public RangeRequest modifiedBetween(long min, long max) {
        return new RangeRequest(
                keys,
                limit,
                revision,
                sortOrder,
                sortTarget,
                keysOnly,
                countOnly,
                min,
                max,
                minCreateRevision,
                maxCreateRevision);
    }

    /** The same with pairs that were created from one revision to another one, inclusive; 0 for no bound. */
    public RangeRequest createdBetween(long min, long max) {
        return new RangeRequest(
                keys,
                limit,
                revision,
                sortOrder,
                sortTarget,
                keysOnly,
                countOnly,
                minModRevision,
                maxModRevision,
                min,
                max);
    }

    private RangeRequest with(
            long pairs, long atRevision, SortTarget target, SortOrder order, boolean noValues, boolean noPairs) {
        return new RangeRequest(
                keys,
                pairs,
                atRevision,
                order,
                target,
                noValues,
                noPairs,
                minModRevision,
                maxModRevision,
                minCreateRevision,
                maxCreateRevision);
    }

    @Override
    public <R> R acceptOp(KvOp.Visitor<R> visitor) {
        return visitor.range(this);
    }
}
