package dev.quorate.server.drill;

import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvException;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.drill.DemoRecords.Pair;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.QuorateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts records through whichever node leads, a bounded number at a time. A put that failed, or whose outcome is
 * unknown, is sent again to the leader of the moment: a put twice is a put, so that is safe here.
 */
final class DemoImport {
    private static final int IN_FLIGHT_MAX = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DemoCluster cluster;
    private final Semaphore places = new Semaphore(IN_FLIGHT_MAX);
    private final ConcurrentLinkedQueue<Pair> again = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private volatile CompletableFuture<Long> next = new CompletableFuture<>();
    private volatile @Nullable Throwable fatal;

    DemoImport(DemoCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Imports all records, and returns when each was acknowledged.
     *
     * @param progress told the number of acknowledged records, now and then
     */
    void run(List<Pair> records, LongConsumer progress) throws InterruptedException {
        EmbeddedKv leader = cluster.awaitLeader(PATIENCE);
        for (Pair record : records) {
            leader = put(leader, record, progress);
        }
        while (acknowledged.get() < records.size()) {
            if (again.isEmpty()) {
                acquire(IN_FLIGHT_MAX, progress);
                places.release(IN_FLIGHT_MAX);
            }
            leader = repeat(leader, progress);
        }
        progress.accept(acknowledged.get());
    }

    private EmbeddedKv put(EmbeddedKv leader, Pair record, LongConsumer progress) throws InterruptedException {
        EmbeddedKv present = again.isEmpty() ? leader : repeat(leader, progress);
        acquire(1, progress);
        send(present, record);
        return present;
    }

    /** Sends what has to be sent again, once there is a leader to send it to. */
    private EmbeddedKv repeat(EmbeddedKv leader, LongConsumer progress) throws InterruptedException {
        EmbeddedKv present = leader;
        for (Pair record = again.poll(); record != null; record = again.poll()) {
            present = cluster.awaitLeader(PATIENCE);
            acquire(1, progress);
            send(present, record);
        }
        return present;
    }

    private void acquire(int count, LongConsumer progress) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!places.tryAcquire(count, 50, TimeUnit.MILLISECONDS)) {
            progress.accept(acknowledged.get());
            if (System.nanoTime() > deadline) {
                throw new CommandFailedException("no write was acknowledged within " + PATIENCE.toSeconds() + " s");
            }
        }
        Throwable failure = fatal;
        if (failure != null) {
            throw new CommandFailedException("a write was refused: " + failure.getMessage());
        }
        progress.accept(acknowledged.get());
    }

    private void send(EmbeddedKv leader, Pair record) {
        var unused = leader.put(record.key(), record.value()).handle((answer, failure) -> {
            if (failure == null) {
                acknowledged.incrementAndGet();
                next.complete(System.nanoTime());
            } else {
                Throwable cause = failure.getCause();
                failed(record, failure instanceof CompletionException && cause != null ? cause : failure);
            }
            places.release();
            return null;
        });
    }

    private void failed(Pair record, Throwable failure) {
        if (failure instanceof OutcomeUnknownException) {
            unknown.incrementAndGet();
        } else if (failure instanceof QuorateException exception && exception.retry() == QuorateException.Retry.SAFE) {
            refused.incrementAndGet();
        } else if (failure instanceof KvException || !(failure instanceof QuorateException)) {
            fatal = failure;
            return;
        }
        again.add(record);
    }

    /** How many records were acknowledged. */
    long acknowledgedCount() {
        return acknowledged.get();
    }

    /** How many puts were not taken and were sent again. */
    long refusedCount() {
        return refused.get();
    }

    /** How many puts had an unknown outcome and were sent again. */
    long unknownCount() {
        return unknown.get();
    }

    /** When the next record is acknowledged, counted from now. */
    CompletableFuture<Long> nextAcknowledgement() {
        CompletableFuture<Long> moment = new CompletableFuture<>();
        next = moment;
        return moment;
    }
}
