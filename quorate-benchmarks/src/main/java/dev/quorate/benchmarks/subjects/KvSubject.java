package dev.quorate.benchmarks.subjects;

import dev.quorate.benchmarks.load.Operation;
import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.kv.CompactResponse;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.kv.PutResponse;
import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Quorate as a store: every version of every key, digests, requests and answers as etcd has them. Old versions are
 * compacted every so many puts, as a store that runs for long must do; that is part of what is measured.
 */
public final class KvSubject implements Subject {
    private static final long COMPACT_PUTS = 250_000;

    private final Cluster<KvStateMachine> cluster;
    private final List<EmbeddedKv> clients = new ArrayList<>();
    private final EmbeddedKv leader;
    private final AtomicLong puts = new AtomicLong();
    private volatile @Nullable Throwable failure;

    private KvSubject(Cluster<KvStateMachine> cluster) {
        this.cluster = cluster;
        for (int i = 0; i < cluster.nodes().size(); i++) {
            clients.add(EmbeddedKv.on(cluster.nodes().get(i), cluster.machines().get(i)));
        }
        leader = clients.get(cluster.leader());
    }

    /** With the default callback executor. */
    public static SubjectFactory factory() {
        return new Factory();
    }

    @Override
    public boolean offers(Operation operation) {
        return true;
    }

    @Override
    public CompletableFuture<?> put(Bytes key, Bytes value) {
        CompletableFuture<PutResponse> put = leader.put(key, value);
        if (puts.incrementAndGet() % COMPACT_PUTS == 0) {
            var unused = leader.compact(leader.status().revision()).whenComplete(this::compacted);
        }
        return put;
    }

    @Override
    public CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how) {
        return leader.get(key, EngineSubject.consistency(how));
    }

    @Override
    public long forces() {
        return cluster.disk().forces();
    }

    @Override
    public int replicas() {
        return clients.size();
    }

    @Override
    public void settle() {
        Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException("a compaction failed", failed);
        }
        cluster.settle();
    }

    @Override
    public Optional<Bytes> stored(int replica, Bytes key) {
        return clients.get(replica).get(key, ReadConsistency.LOCAL).join();
    }

    @Override
    public void close() {
        cluster.close();
    }

    private void compacted(@Nullable CompactResponse response, @Nullable Throwable failed) {
        if (failed != null) {
            failure = failed;
        }
    }

    private static final class Factory implements SubjectFactory {
        @Override
        public String name() {
            return "quorate-kv";
        }

        @Override
        public String description() {
            return "the store: versions, revisions, compaction";
        }

        @Override
        public boolean offersNodes(int nodes) {
            return nodes >= 1;
        }

        @Override
        public Subject open(Path directory, int nodes) {
            return new KvSubject(Cluster.start(directory, nodes, KvStateMachine::new, ForkJoinPool.commonPool()));
        }
    }
}
