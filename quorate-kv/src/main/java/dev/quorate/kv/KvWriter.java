package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The way of a write into the log and of its answer back, whoever proposes it. Any thread. */
final class KvWriter {
    private final Function<Bytes, CompletableFuture<Bytes>> proposing;
    private final KvStateMachine machine;

    KvWriter(Function<Bytes, CompletableFuture<Bytes>> proposing, KvStateMachine machine) {
        this.proposing = proposing;
        this.machine = machine;
    }

    <R extends KvResponse> CompletableFuture<R> write(KvRequest request, Class<R> kind) {
        CompletableFuture<R> result = new CompletableFuture<>();
        if (!isAllowed(request, result)) {
            return result;
        }
        Bytes command;
        try {
            command = CommandCodec.encode(request);
        } catch (KvException e) {
            result.completeExceptionally(e);
            return result;
        }
        var unused = proposing.apply(command).whenComplete((answer, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            try {
                result.complete(kind.cast(AnswerCodec.decode(answer)));
            } catch (KvException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    CompletableFuture<CompactResponse> compact(CompactRequest request) {
        CompletableFuture<CompactResponse> compacted = write(request, CompactResponse.class);
        if (!request.physical()) {
            return compacted;
        }
        CompletableFuture<CompactResponse> result = new CompletableFuture<>();
        var unused = compacted.whenComplete((response, failure) -> {
            if (failure == null) {
                reclaim(response, result);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /** False when the store's rules forbid the request, and then the result has failed. */
    static boolean isAllowed(KvRequest request, CompletableFuture<?> result) {
        try {
            RequestRules.check(request);
            return true;
        } catch (KvException e) {
            result.completeExceptionally(e);
            return false;
        }
    }

    /**
     * Waits until this node has freed what the compaction has forgotten. Freeing happens beside commands, a part at
     * each, so commands without effect are sent for as long as there is something to free.
     */
    private void reclaim(CompactResponse response, CompletableFuture<CompactResponse> result) {
        if (!machine.isReclaimable()) {
            result.complete(response);
            return;
        }
        var unused = write(TxnRequest.of(), TxnResponse.class).whenComplete((done, failure) -> {
            if (failure == null) {
                reclaim(response, result);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }
}
