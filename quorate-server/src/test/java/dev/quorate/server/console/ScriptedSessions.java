package dev.quorate.server.console;

import dev.quorate.etcd.wire.OpenSessionRequest;
import dev.quorate.etcd.wire.OpenSessionResponse;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.SessionCloseRequest;
import dev.quorate.etcd.wire.SessionCloseResponse;
import dev.quorate.etcd.wire.SessionWriteRequest;
import dev.quorate.etcd.wire.SessionWriteResponse;
import dev.quorate.etcd.wire.SessionsGrpc;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Sessions on a server that fails as it is told, and takes the writes behind that. Any thread. */
public final class ScriptedSessions extends SessionsGrpc.SessionsImplBase {
    private final Deque<StatusRuntimeException> script = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private long opened;

    /** The next writes fail like this, one after the other. */
    public synchronized void fail(StatusRuntimeException... failures) {
        script.addAll(List.of(failures));
    }

    /** The next write fails like this, before what was told already. */
    public synchronized void failFirst(StatusRuntimeException failure) {
        script.addFirst(failure);
    }

    /** What it was asked: {@code open}, {@code SESSION/SEQUENCE} for a write, {@code close SESSION}. */
    public synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    @Override
    public synchronized void open(OpenSessionRequest request, StreamObserver<OpenSessionResponse> answers) {
        seen.add("open");
        answers.onNext(OpenSessionResponse.newBuilder().setSession(++opened).build());
        answers.onCompleted();
    }

    @Override
    public synchronized void write(SessionWriteRequest request, StreamObserver<SessionWriteResponse> answers) {
        seen.add(request.getSession() + "/" + request.getSequence());
        StatusRuntimeException failure = script.poll();
        if (failure != null) {
            answers.onError(failure);
            return;
        }
        answers.onNext(SessionWriteResponse.newBuilder()
                .setPut(PutResponse.getDefaultInstance())
                .build());
        answers.onCompleted();
    }

    @Override
    public synchronized void close(SessionCloseRequest request, StreamObserver<SessionCloseResponse> answers) {
        seen.add("close " + request.getSession());
        answers.onNext(SessionCloseResponse.getDefaultInstance());
        answers.onCompleted();
    }
}
