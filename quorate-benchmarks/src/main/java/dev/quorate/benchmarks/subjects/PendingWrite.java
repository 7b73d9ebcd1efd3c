package dev.quorate.benchmarks.subjects;

import dev.quorate.spi.Bytes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A write on its way to several files; done when enough of them have it. Any thread. */
final class PendingWrite {
    private final Bytes key;
    private final Bytes value;
    private final AtomicInteger missing;
    private final CompletableFuture<Bytes> written = new CompletableFuture<>();

    PendingWrite(Bytes key, Bytes value, int quorum) {
        this.key = key;
        this.value = value;
        this.missing = new AtomicInteger(quorum);
    }

    Bytes key() {
        return key;
    }

    Bytes value() {
        return value;
    }

    CompletableFuture<Bytes> written() {
        return written;
    }

    /** One more file has it durably. */
    void durable() {
        if (missing.decrementAndGet() == 0) {
            written.complete(Bytes.EMPTY);
        }
    }

    void failed(Throwable cause) {
        written.completeExceptionally(cause);
    }
}
