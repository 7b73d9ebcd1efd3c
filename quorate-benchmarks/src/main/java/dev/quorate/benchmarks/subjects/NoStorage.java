package dev.quorate.benchmarks.subjects;

import dev.quorate.benchmarks.load.Operation;
import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A map in memory that answers at once: what the closed loop itself costs, to be read beside every other figure. */
public final class NoStorage implements Subject {
    private final Map<Bytes, Bytes> pairs = new ConcurrentHashMap<>();

    private NoStorage() {}

    /** Opens empty maps, whatever the directory holds. */
    public static SubjectFactory factory() {
        return new Factory();
    }

    @Override
    public boolean offers(Operation operation) {
        return operation == Operation.PUT || operation == Operation.GET_LOCAL;
    }

    @Override
    public CompletableFuture<?> put(Bytes key, Bytes value) {
        pairs.put(key, value);
        return CompletableFuture.completedFuture(value);
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
        // One copy, which is up to date.
    }

    @Override
    public Optional<Bytes> stored(int replica, Bytes key) {
        return Optional.ofNullable(pairs.get(key));
    }

    @Override
    public void close() {
        pairs.clear();
    }

    private static final class Factory implements SubjectFactory {
        @Override
        public String name() {
            return "loop";
        }

        @Override
        public String description() {
            return "the closed loop itself over a map in memory; nothing is durable";
        }

        @Override
        public boolean opensAgain() {
            return false;
        }

        @Override
        public boolean offersNodes(int nodes) {
            return nodes == 1;
        }

        @Override
        public Subject open(Path directory, int nodes) {
            return new NoStorage();
        }
    }
}
