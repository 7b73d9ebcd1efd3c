package dev.quorate.etcd;

import dev.quorate.spi.QuorateException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

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

    /**
     * Makes a call of the store, and sends its answer or refusal on the thread that knows it.
     *
     * @param call may also throw what refuses it
     * @param translate makes the message
     */
    <R> void follow(Supplier<CompletableFuture<R>> call, Function<R, W> translate) {
        CompletableFuture<R> result;
        try {
            result = call.get();
        } catch (RefusedException | QuorateException refused) {
            refuse(refused);
            return;
        }
        var unused = result.whenComplete((response, failure) -> {
            if (failure != null) {
                refuse(failure);
                return;
            }
            W message;
            try {
                message = translate.apply(response);
            } catch (RuntimeException bug) {
                // Thrown on, it would vanish in the future, and the client would wait for ever.
                refuse(bug);
                return;
            }
            send(message);
        });
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
