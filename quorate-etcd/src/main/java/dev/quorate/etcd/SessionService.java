package dev.quorate.etcd;

import dev.quorate.etcd.wire.OpenSessionRequest;
import dev.quorate.etcd.wire.OpenSessionResponse;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.SessionCloseRequest;
import dev.quorate.etcd.wire.SessionCloseResponse;
import dev.quorate.etcd.wire.SessionKeepAliveRequest;
import dev.quorate.etcd.wire.SessionKeepAliveResponse;
import dev.quorate.etcd.wire.SessionWriteRequest;
import dev.quorate.etcd.wire.SessionWriteResponse;
import dev.quorate.etcd.wire.SessionsGrpc;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvResponse;
import dev.quorate.kv.KvSession;
import dev.quorate.spi.InvalidRequestException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Our own service beside etcd's: client sessions for programs that are not in the process of a node. Nothing of a
 * session is kept here: its number and the sequence come with each call, so that any member takes it.
 */
final class SessionService extends SessionsGrpc.SessionsImplBase {
    private final EmbeddedKv store;
    private final Headers headers;

    SessionService(EmbeddedKv store, Headers headers) {
        this.store = store;
        this.headers = headers;
    }

    @Override
    public void open(OpenSessionRequest request, StreamObserver<OpenSessionResponse> answers) {
        long timeoutMillis = store.node().sessionTimeout().toMillis();
        new Answer<>(answers)
                .follow(
                        store::session,
                        session -> OpenSessionResponse.newBuilder()
                                .setSession(session.id())
                                .setTimeoutMillis(timeoutMillis)
                                .build());
    }

    @Override
    public void write(SessionWriteRequest request, StreamObserver<SessionWriteResponse> answers) {
        switch (request.getWriteCase()) {
            case PUT ->
                write(
                        answers,
                        () -> session(request).put(Requests.put(request.getPut())),
                        (header, response) -> SessionWriteResponse.newBuilder()
                                .setPut(Responses.put(header, response))
                                .build());
            case DELETE_RANGE ->
                write(
                        answers,
                        () -> session(request).deleteRange(Requests.deleteRange(request.getDeleteRange())),
                        (header, response) -> SessionWriteResponse.newBuilder()
                                .setDeleteRange(Responses.deleteRange(header, response))
                                .build());
            case TXN ->
                write(
                        answers,
                        () -> session(request)
                                .txn(Requests.txn(request.getTxn()), Requests.consistency(request.getTxn())),
                        (header, response) -> SessionWriteResponse.newBuilder()
                                .setTxn(Responses.txn(header, response))
                                .build());
            case WRITE_NOT_SET ->
                new Answer<>(answers).refuse(new InvalidRequestException("a write in a session without a write"));
        }
    }

    @Override
    public void keepAlive(SessionKeepAliveRequest request, StreamObserver<SessionKeepAliveResponse> answers) {
        new Answer<>(answers)
                .follow(
                        () -> store.session(request.getSession(), 1).keepAlive(),
                        done -> SessionKeepAliveResponse.getDefaultInstance());
    }

    @Override
    public void close(SessionCloseRequest request, StreamObserver<SessionCloseResponse> answers) {
        new Answer<>(answers)
                .follow(
                        () -> store.node()
                                .resumeSession(request.getSession(), 1)
                                .close(),
                        done -> SessionCloseResponse.getDefaultInstance());
    }

    private KvSession session(SessionWriteRequest request) {
        return store.session(request.getSession(), request.getSequence());
    }

    private <R extends KvResponse> void write(
            StreamObserver<SessionWriteResponse> answers,
            Supplier<CompletableFuture<R>> call,
            BiFunction<ResponseHeader, R, SessionWriteResponse> translate) {
        new Answer<>(answers).follow(call, response -> translate.apply(headers.at(response.revision()), response));
    }
}
