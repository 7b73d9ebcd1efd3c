package dev.quorate.benchmarks.subjects;

import dev.quorate.benchmarks.load.Operation;
import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/**
 * Quorate as an engine under {@link MapMachine}: what replication, the log and the apply cost, with the least state.
 */
public final class EngineSubject implements Subject {
    private final Cluster<MapMachine> cluster;
    private final QuorateNode leader;
    private final MapMachine machine;

    private EngineSubject(Cluster<MapMachine> cluster) {
        this.cluster = cluster;
        this.leader = cluster.nodes().get(cluster.leader());
        this.machine = cluster.machines().get(cluster.leader());
    }

    /** With the default callback executor. */
    public static SubjectFactory factory() {
        return factory(Duration.ZERO);
    }

    /** The same with a state machine that takes so long for each command. */
    public static SubjectFactory factory(Duration apply) {
        return new Factory("quorate", "the engine with a hash map as state machine", ForkJoinPool.commonPool(), apply);
    }

    /** With callbacks on the thread that applies. */
    public static SubjectFactory directFactory() {
        return new Factory(
                "quorate-direct",
                "the same, futures complete on the thread that applies",
                Runnable::run,
                Duration.ZERO);
    }

    /** The consistency of a read. */
    static ReadConsistency consistency(Operation read) {
        return switch (read) {
            case GET_LEASE -> ReadConsistency.LEASE;
            case GET_LOCAL -> ReadConsistency.LOCAL;
            case GET_LINEARIZABLE -> ReadConsistency.LINEARIZABLE;
            case PUT -> throw new IllegalArgumentException("a put is not a read");
        };
    }

    @Override
    public boolean offers(Operation operation) {
        return true;
    }

    @Override
    public CompletableFuture<?> put(Bytes key, Bytes value) {
        return leader.propose(MapMachine.command(key, value));
    }

    @Override
    public CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how) {
        return leader.read(consistency(how), () -> machine.value(key));
    }

    @Override
    public long forces() {
        return cluster.disk().forces();
    }

    @Override
    public int replicas() {
        return cluster.nodes().size();
    }

    @Override
    public void settle() {
        cluster.settle();
    }

    @Override
    public Optional<Bytes> stored(int replica, Bytes key) {
        return cluster.machines().get(replica).value(key);
    }

    @Override
    public void close() {
        cluster.close();
    }

    private record Factory(String name, String description, Executor callbacks, Duration apply)
            implements SubjectFactory {
        @Override
        public boolean offersNodes(int nodes) {
            return nodes >= 1;
        }

        @Override
        public Subject open(Path directory, int nodes) {
            return new EngineSubject(Cluster.start(directory, nodes, () -> new MapMachine(apply.toNanos()), callbacks));
        }
    }
}
