package dev.quorate.kv;

import dev.quorate.engine.ReadConsistency;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.KeyValue;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A client of the store. Any thread; nothing blocks but {@link #close}.
 *
 * <p>A result fails with a {@link KvException} when the store refuses the request, and with a
 * {@link dev.quorate.spi.QuorateException} when the cluster could not take it, which says whether it may be sent again.
 * Reads are linearizable unless the call says otherwise.
 */
public interface KvClient extends AutoCloseable {
    /** The most bytes that a request may have in its encoded form: 1.5 MiB. */
    int REQUEST_BYTES_MAX = 3 << 19;

    /** Stores a value. */
    CompletableFuture<PutResponse> put(PutRequest request);

    /** Reads a key or a range. */
    CompletableFuture<RangeResponse> range(RangeRequest request, ReadConsistency consistency);

    /** Deletes a key or a range. */
    CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request);

    /**
     * Runs a transaction.
     *
     * @param consistency how fresh one that only reads must be: it writes nothing to the log. Means nothing for others
     */
    CompletableFuture<TxnResponse> txn(TxnRequest request, ReadConsistency consistency);

    /** Forgets old revisions. */
    CompletableFuture<CompactResponse> compact(CompactRequest request);

    /** The last compaction that the store of this node has made; 0 for none. */
    long compactedRevision();

    /**
     * The values of several keys from one state of the store.
     *
     * @return a pair for each key in the order asked; empty when any key is missing
     */
    CompletableFuture<Optional<List<KeyValue>>> getAll(List<Bytes> keys, ReadConsistency consistency);

    /** {@link #put(PutRequest)} in its plain form. */
    default CompletableFuture<PutResponse> put(Bytes key, Bytes value) {
        return put(PutRequest.of(key, value));
    }

    /** The value of a key, empty when it is missing. */
    default CompletableFuture<Optional<Bytes>> get(Bytes key, ReadConsistency consistency) {
        return getAll(List.of(key), consistency)
                .thenApply(found -> found.map(pairs -> pairs.get(0).value()));
    }

    /** The value of a key, empty when it is missing; linearizable. */
    default CompletableFuture<Optional<Bytes>> get(Bytes key) {
        return get(key, ReadConsistency.LINEARIZABLE);
    }

    /** {@link #range(RangeRequest, ReadConsistency)}, linearizable. */
    default CompletableFuture<RangeResponse> range(RangeRequest request) {
        return range(request, ReadConsistency.LINEARIZABLE);
    }

    /** {@link #txn(TxnRequest, ReadConsistency)}, linearizable. */
    default CompletableFuture<TxnResponse> txn(TxnRequest request) {
        return txn(request, ReadConsistency.LINEARIZABLE);
    }

    /** Deletes a key. */
    default CompletableFuture<DeleteRangeResponse> delete(Bytes key) {
        return deleteRange(DeleteRangeRequest.of(key));
    }

    /**
     * Replaces the value of a key if it is the expected one.
     *
     * @return whether it was
     */
    default CompletableFuture<Boolean> compareAndSet(Bytes key, Bytes expected, Bytes value) {
        return txn(TxnRequest.compareAndSet(key, expected, value)).thenApply(TxnResponse::succeeded);
    }

    /**
     * Stores a value under a key that must be missing.
     *
     * @return whether it was
     */
    default CompletableFuture<Boolean> putIfAbsent(Bytes key, Bytes value) {
        TxnRequest request = TxnRequest.when(Compare.missing(key)).then(PutRequest.of(key, value));
        return txn(request).thenApply(TxnResponse::succeeded);
    }

    /** Forgets what the store was before a revision. */
    default CompletableFuture<CompactResponse> compact(long revision) {
        return compact(new CompactRequest(revision, false));
    }

    /** Ends the client; results that are still open fail. */
    @Override
    void close();
}
