package dev.quorate.kv;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.Storage;
import dev.quorate.spi.Transport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A node of the store inside this process, as a client.
 *
 * <pre>
 *   try (EmbeddedKv kv = EmbeddedKv.builder().storage(FileStorage.in(directory)).start()) {
 *       kv.put(Bytes.utf8("planet"), Bytes.utf8("earth")).join();
 *       kv.get(Bytes.utf8("planet")).join();
 *   }
 * </pre>
 *
 * <p>Any thread. Writes go to this node, which must be the leader: another one answers
 * {@link dev.quorate.spi.NotLeaderException}, which names the leader. Reads may be asked of any node. Results complete
 * where the node's do, and what is chained to them must not wait for another one.
 */
public final class EmbeddedKv implements KvClient {
    private final QuorateNode node;
    private final KvStateMachine machine;
    private final KvWriter writer;

    private EmbeddedKv(QuorateNode node, KvStateMachine machine) {
        this.node = node;
        this.machine = machine;
        this.writer = new KvWriter(node::propose, machine);
    }

    /** The settings of a node, to be filled in; only a storage is required. */
    public static Builder builder() {
        return new Builder();
    }

    /** A client of a node that was started elsewhere with this state machine. Closing the client closes the node. */
    public static EmbeddedKv on(QuorateNode node, KvStateMachine machine) {
        return new EmbeddedKv(node, machine);
    }

    /** The node underneath: leadership, snapshots, status. */
    public QuorateNode node() {
        return node;
    }

    /** The numbers of this node's store, as it has them at this moment. */
    public KvStatus status() {
        return machine.status();
    }

    @Override
    public long compactedRevision() {
        return status().compactedRevision();
    }

    /**
     * Opens a client whose writes take effect exactly once: it sends them again by itself while their outcome is
     * unknown. Fails as {@link QuorateNode#openSession}.
     */
    public CompletableFuture<KvSession> session() {
        CompletableFuture<KvSession> result = new CompletableFuture<>();
        var unused = node.openSession().whenComplete((session, failure) -> {
            if (failure == null) {
                result.complete(new KvSession(this, session, machine));
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /**
     * Goes on at this node with a session that was opened at another one, see {@link QuorateNode#resumeSession}.
     *
     * @param id its {@link KvSession#id}
     * @param nextSequence its {@link KvSession#firstUnanswered}
     */
    public KvSession session(long id, long nextSequence) {
        return new KvSession(this, node.resumeSession(id, nextSequence), machine);
    }

    @Override
    public CompletableFuture<PutResponse> put(PutRequest request) {
        return writer.write(request, PutResponse.class);
    }

    @Override
    public CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request) {
        return writer.write(request, DeleteRangeResponse.class);
    }

    @Override
    public CompletableFuture<RangeResponse> range(RangeRequest request, ReadConsistency consistency) {
        return read(request, consistency, () -> machine.range(request));
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request, ReadConsistency consistency) {
        CompletableFuture<TxnResponse> result = new CompletableFuture<>();
        if (!KvWriter.isAllowed(request, result)) {
            return result;
        }
        if (request.isReadOnly()) {
            return read(request, consistency, () -> machine.txn(request));
        }
        return writer.write(request, TxnResponse.class);
    }

    @Override
    public CompletableFuture<CompactResponse> compact(CompactRequest request) {
        return writer.compact(request);
    }

    @Override
    public CompletableFuture<Optional<List<KeyValue>>> getAll(List<Bytes> keys, ReadConsistency consistency) {
        for (Bytes key : keys) {
            if (key.isEmpty()) {
                return CompletableFuture.failedFuture(new KvException(KvException.Kind.KEY_NOT_PROVIDED));
            }
        }
        return node.read(consistency, keys);
    }

    @Override
    public void close() {
        node.close();
    }

    private <R extends KvResponse> CompletableFuture<R> read(
            KvRequest request, ReadConsistency consistency, Supplier<R> reading) {
        CompletableFuture<R> result = new CompletableFuture<>();
        return KvWriter.isAllowed(request, result) ? node.read(consistency, reading) : result;
    }

    /** Collects what a node of the store needs. */
    public static final class Builder {
        private final QuorateNode.Builder node = QuorateNode.builder();
        private Supplier<KvTable> tables = KvTable::inMemory;

        private Builder() {}

        /** The identity of the node; 1 when not given. */
        public Builder id(NodeId id) {
            node.id(id);
            return this;
        }

        /** The cluster the node belongs to, not 0; 1 when not given. */
        public Builder clusterId(long clusterId) {
            node.clusterId(clusterId);
            return this;
        }

        /** The voters at the first start of the cluster, and their addresses; only the node itself when not given. */
        public Builder members(Map<NodeId, String> addresses) {
            node.members(addresses);
            return this;
        }

        /** The voters at the first start of the cluster, for a transport that needs no addresses. */
        public Builder members(NodeId... members) {
            node.members(members);
            return this;
        }

        /** Where the log and the snapshots are: {@code FileStorage.in(directory)} in production. */
        public Builder storage(Storage storage) {
            node.storage(storage);
            return this;
        }

        /** How other members are reached. */
        public Builder transport(Transport transport) {
            node.transport(transport);
            return this;
        }

        /** The settings of the node; its defaults when not given. */
        public Builder options(NodeOptions options) {
            node.options(options);
            return this;
        }

        /** The time; the machine's when not given. */
        public Builder clock(NanoClock clock) {
            node.clock(clock);
            return this;
        }

        /** Where results complete; the common pool when not given. */
        public Builder callbackExecutor(Executor executor) {
            node.callbackExecutor(executor);
            return this;
        }

        /** Where the versions of keys are kept; in memory when not given. Must give an empty table at each call. */
        public Builder tables(Supplier<KvTable> tables) {
            this.tables = tables;
            return this;
        }

        /**
         * Opens and recovers the storage, and starts the node.
         *
         * @throws dev.quorate.spi.InvalidRequestException when something required is missing
         * @throws dev.quorate.spi.StorageFailedException when the storage cannot be opened or recovered
         */
        public EmbeddedKv start() {
            KvStateMachine machine = new KvStateMachine(tables);
            return new EmbeddedKv(node.stateMachine(machine).start(), machine);
        }
    }
}
