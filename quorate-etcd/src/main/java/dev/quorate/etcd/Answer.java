package dev.quorate.etcd;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * The way back of one call with one answer. A client that has gone away is no error: its answer is dropped.
 *
 * @param <W> the message
 */
final class Answer<W> {
    private final ServerCallStreamObserver<W> call;

    Answer(StreamObserver<W> answers) {
        // What gRPC hands to a method of a service is always of this kind.
        this.call = (ServerCallStreamObserver<W>) answers;
        // With a handler set, sending to a cancelled call does nothing instead of throwing.
        call.setOnCancelHandler(() -> {});
    }

    void send(W message) {
        call.onNext(message);
        call.onCompleted();
    }

    void refuse(Status status) {
        refuse(new RefusedException(status));
    }

    void refuse(Throwable failure) {
        if (!call.isCancelled()) {
            call.onError(Refusals.of(failure).asRuntimeException(RetrySafety.of(failure)));
        }
    }
}
