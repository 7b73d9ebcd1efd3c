package dev.quorate.etcd;

import dev.quorate.etcd.wire.CompactionRequest;
import dev.quorate.etcd.wire.CompactionResponse;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.kv.KvClient;
import dev.quorate.kv.KvResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * etcd's KV service. Each method translates the request on the event loop, hands it to the store's client and returns;
 * the answer is translated and sent on the thread that completes the client's future.
 */
final class KvService extends KVGrpc.KVImplBase {
    private final KvClient store;
    private final Headers headers;

    KvService(KvClient store, Headers headers) {
        this.store = store;
        this.headers = headers;
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answers) {
        answer(
                answers,
                () -> store.range(Requests.range(request), Requests.consistency(request)),
                (header, response) -> Responses.range(header, response));
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answers) {
        answer(answers, () -> store.put(Requests.put(request)), Responses::put);
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> answers) {
        answer(answers, () -> store.deleteRange(Requests.deleteRange(request)), Responses::deleteRange);
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> answers) {
        answer(answers, () -> store.txn(Requests.txn(request), Requests.consistency(request)), Responses::txn);
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> answers) {
        answer(
                answers,
                () -> store.compact(Requests.compact(request)),
                (header, response) -> Responses.compact(header));
    }

    private <R extends KvResponse, W> void answer(
            StreamObserver<W> answers,
            Supplier<CompletableFuture<R>> call,
            BiFunction<dev.quorate.etcd.wire.ResponseHeader, R, W> translate) {
        new Answer<>(answers).follow(call, response -> translate.apply(headers.at(response.revision()), response));
    }
}
