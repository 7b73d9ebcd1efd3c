package dev.quorate.server.node;

import dev.quorate.spi.NodeHaltedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a server process: waits for SIGTERM or SIGINT, or for a fault of the node; and after a signal holds the
 * JVM until everything is closed, then ends it with exit code 0, where the JVM's own answer to a signal would be 143.
 */
final class Shutdown implements AutoCloseable {
    private static final Duration CLOSING_MAX = Duration.ofSeconds(20);

    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Shutdown() {}

    /** Gets ready for a signal. */
    static Shutdown install() {
        Shutdown shutdown = new Shutdown();
        Runtime.getRuntime().addShutdownHook(new Thread(shutdown::signalled, "quorate-stop"));
        return shutdown;
    }

    /** Runs as the JVM goes down, for whatever reason. */
    private void signalled() {
        boolean bySignal = end.complete(0);
        if (!bySignal || closed.getCount() == 0) {
            return;
        }
        boolean clean;
        try {
            clean = closed.await(CLOSING_MAX.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            clean = false;
        }
        Runtime.getRuntime().halt(clean ? 0 : 1);
    }

    /** Waits for the end; answers the exit code. */
    int await(CompletableFuture<NodeHaltedException> halted, CompletableFuture<Void> removed) {
        var unused = halted.thenAccept(fault -> end.complete(1));
        var unusedRemoval = removed.thenAccept(nothing -> end.complete(0));
        return end.join();
    }

    /** Everything is closed: the JVM may end. */
    @Override
    public void close() {
        closed.countDown();
    }
}
