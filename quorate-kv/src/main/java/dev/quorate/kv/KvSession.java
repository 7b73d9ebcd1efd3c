package dev.quorate.kv;

import dev.quorate.engine.ClientSession;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.KeyValue;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A client of an {@link EmbeddedKv} whose writes take effect exactly once, also when a leader dies between a write and
 * its answer; reads are the ones of the node. Writes that are in flight at one time take effect in any order. Any
 * thread.
 *
 * <p>Failures are those of {@link ClientSession#propose}.
 */
public final class KvSession implements KvClient {
    private final EmbeddedKv kv;
    private final ClientSession session;
    private final KvWriter writer;

    KvSession(EmbeddedKv kv, ClientSession session, KvStateMachine machine) {
        this.kv = kv;
        this.session = session;
        this.writer = new KvWriter(session::propose, machine);
    }

    /** The id of the session, to go on with it at another node. */
    public long id() {
        return session.id();
    }

    /** The first write without an answer, to go on from at another node: {@link ClientSession#firstUnanswered}. */
    public long firstUnanswered() {
        return session.firstUnanswered();
    }

    /** Says that the client is there: {@link ClientSession#keepAlive}. */
    public CompletableFuture<Void> keepAlive() {
        return session.keepAlive();
    }

    @Override
    public CompletableFuture<PutResponse> put(PutRequest request) {
        return writer.write(request, PutResponse.class);
    }

    @Override
    public CompletableFuture<RangeResponse> range(RangeRequest request, ReadConsistency consistency) {
        return kv.range(request, consistency);
    }

    @Override
    public CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request) {
        return writer.write(request, DeleteRangeResponse.class);
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request, ReadConsistency consistency) {
        CompletableFuture<TxnResponse> refused = new CompletableFuture<>();
        if (!KvWriter.isAllowed(request, refused)) {
            return refused;
        }
        return request.isReadOnly() ? kv.txn(request, consistency) : writer.write(request, TxnResponse.class);
    }

    @Override
    public CompletableFuture<CompactResponse> compact(CompactRequest request) {
        return writer.compact(request);
    }

    @Override
    public CompletableFuture<Optional<List<KeyValue>>> getAll(List<Bytes> keys, ReadConsistency consistency) {
        return kv.getAll(keys, consistency);
    }

    @Override
    public long compactedRevision() {
        return kv.compactedRevision();
    }

    /** Ends the session, without waiting for it; the node runs on. */
    @Override
    public void close() {
        var unused = session.close();
    }
}
