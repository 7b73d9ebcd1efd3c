package dev.quorate.benchmarks.load;

import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A subject whose faults a test chooses. */
final class MapSubject implements Subject, SubjectFactory {
    private final Map<Bytes, Bytes> pairs = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger openMost = new AtomicInteger();
    private final Executor executor;
    private final Predicate<Bytes> loses;
    private final Predicate<Bytes> refuses;

    /**
     * An empty map.
     *
     * @param executor answers
     * @param loses acknowledges writes of these keys without storing them
     * @param refuses fails writes of these keys
     */
    MapSubject(Executor executor, Predicate<Bytes> loses, Predicate<Bytes> refuses) {
        this.executor = executor;
        this.loses = loses;
        this.refuses = refuses;
    }

    static MapSubject faithful(Executor executor) {
        return new MapSubject(executor, key -> false, key -> false);
    }

    /** The most operations that were open at a time. */
    int openMost() {
        return openMost.get();
    }

    @Override
    public String name() {
        return "map";
    }

    @Override
    public String description() {
        return "a map";
    }

    @Override
    public boolean offersNodes(int nodes) {
        return nodes == 1;
    }

    @Override
    public Subject open(Path directory, int nodes) {
        return this;
    }

    @Override
    public boolean offers(Operation operation) {
        return operation == Operation.PUT || operation == Operation.GET_LOCAL;
    }

    @Override
    public CompletableFuture<?> put(Bytes key, Bytes value) {
        if (refuses.test(key)) {
            throw new IllegalStateException("refused");
        }
        openMost.accumulateAndGet(open.incrementAndGet(), Math::max);
        CompletableFuture<Bytes> done = new CompletableFuture<>();
        executor.execute(() -> {
            if (!loses.test(key)) {
                pairs.put(key, value);
            }
            open.decrementAndGet();
            done.complete(value);
        });
        return done;
    }

    @Override
    public CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how) {
        return CompletableFuture.completedFuture(Optional.ofNullable(pairs.get(key)));
    }

    @Override
    public long forces() {
        return 0;
    }

    @Override
    public int replicas() {
        return 1;
    }

    @Override
    public void settle() {
        // One copy.
    }

    @Override
    public Optional<Bytes> stored(int replica, Bytes key) {
        return Optional.ofNullable(pairs.get(key));
    }

    @Override
    public void close() {
        // Keeps what it has, like a disk.
    }
}
