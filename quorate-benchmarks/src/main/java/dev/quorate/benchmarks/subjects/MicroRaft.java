package dev.quorate.benchmarks.subjects;

import dev.quorate.benchmarks.load.Operation;
import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.spi.Bytes;
import io.microraft.QueryPolicy;
import io.microraft.RaftConfig;
import io.microraft.RaftEndpoint;
import io.microraft.RaftNode;
import io.microraft.model.message.RaftMessage;
import io.microraft.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The peer: MicroRaft in one process, over method calls as network and {@link PeerStore} as log. What a copy holds is
 * read from its synced file.
 */
public final class MicroRaft implements Subject {
    private final Map<RaftEndpoint, RaftNode> nodes;
    private final List<RecordRing> files;
    private final RaftNode leader;
    private final List<Map<Bytes, Bytes>> found = new ArrayList<>();

    private MicroRaft(Map<RaftEndpoint, RaftNode> nodes, List<RecordRing> files) {
        this.nodes = nodes;
        this.files = files;
        this.leader = leader(nodes);
    }

    /** Opens clusters whose log begins anew. */
    public static SubjectFactory factory(int valueBytes) {
        return new Factory(valueBytes);
    }

    @Override
    public boolean offers(Operation operation) {
        return true;
    }

    @Override
    public CompletableFuture<?> put(Bytes key, Bytes value) {
        return leader.replicate(new PeerMachine.Put(key, value));
    }

    @Override
    public CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how) {
        QueryPolicy policy = switch (how) {
            case GET_LEASE -> QueryPolicy.LEADER_LEASE;
            case GET_LOCAL -> QueryPolicy.EVENTUAL_CONSISTENCY;
            default -> QueryPolicy.LINEARIZABLE;
        };
        return leader.<Optional<Bytes>>query(new PeerMachine.Get(key), policy, Optional.of(0L), Optional.empty())
                .thenApply(answer -> answer.getResult());
    }

    @Override
    public long forces() {
        return files.stream().mapToLong(RecordRing::forces).sum();
    }

    @Override
    public int replicas() {
        return files.size();
    }

    @Override
    public void settle() {
        Polling.until(
                "the peer replicates what is left",
                () -> lastIndexes().distinct().count() == 1);
        found.clear();
        try {
            for (RecordRing file : files) {
                found.add(file.scan());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Bytes> stored(int replica, Bytes key) {
        return Optional.ofNullable(found.get(replica).get(key));
    }

    @Override
    public void close() {
        nodes.values().forEach(node -> node.terminate().join());
        try {
            for (RecordRing file : files) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IntStream lastIndexes() {
        return nodes.values().stream().mapToInt(node ->
                (int) node.getReport().join().getResult().getLog().getCommitIndex());
    }

    private static RaftNode leader(Map<RaftEndpoint, RaftNode> nodes) {
        RaftNode any = nodes.values().iterator().next();
        Polling.until("the peer elects a leader", () -> any.getTerm().getLeaderEndpoint() != null);
        RaftNode leader = Objects.requireNonNull(nodes.get(any.getTerm().getLeaderEndpoint()));
        leader.replicate(PeerMachine.NEW_TERM).join();
        return leader;
    }

    private record Endpoint(int number) implements RaftEndpoint {
        @Override
        public Object getId() {
            return number;
        }
    }

    /** Hands messages over by a call. */
    private record Calls(Map<RaftEndpoint, RaftNode> nodes) implements Transport {
        @Override
        public void send(RaftEndpoint target, RaftMessage message) {
            @Nullable RaftNode node = nodes.get(target);
            if (node != null) {
                node.handle(message);
            }
        }

        @Override
        public boolean isReachable(RaftEndpoint endpoint) {
            return nodes.containsKey(endpoint);
        }
    }

    private static final class Factory implements SubjectFactory {
        private static final int PENDING_MAX = 10_000;
        private static final int BATCH_MAX = 1_000;
        private static final int SNAPSHOT_ENTRIES = 1_000_000;

        private final int valueBytes;

        Factory(int valueBytes) {
            this.valueBytes = valueBytes;
        }

        @Override
        public String name() {
            return "microraft";
        }

        @Override
        public String description() {
            return "MicroRaft 0.7 over a plain synced file, in process";
        }

        @Override
        public boolean opensAgain() {
            return false;
        }

        @Override
        public boolean offersNodes(int nodes) {
            return nodes >= 2;
        }

        @Override
        public Subject open(Path directory, int count) throws IOException {
            Files.createDirectories(directory);
            RaftConfig config = RaftConfig.newBuilder()
                    .setAppendEntriesRequestBatchSize(BATCH_MAX)
                    .setMaxPendingLogEntryCount(PENDING_MAX)
                    .setCommitCountToTakeSnapshot(SNAPSHOT_ENTRIES)
                    .build();
            List<RaftEndpoint> members = IntStream.range(0, count)
                    .<RaftEndpoint>mapToObj(Endpoint::new)
                    .toList();
            Map<RaftEndpoint, RaftNode> reachable = new ConcurrentHashMap<>();
            Map<RaftEndpoint, RaftNode> nodes = new LinkedHashMap<>();
            List<RecordRing> files = new ArrayList<>();
            for (RaftEndpoint member : members) {
                RecordRing file = RecordRing.open(directory.resolve("log-" + member.getId()), valueBytes);
                files.add(file);
                RaftNode node = RaftNode.newBuilder()
                        .setGroupId("benchmark")
                        .setLocalEndpoint(member)
                        .setInitialGroupMembers(members)
                        .setConfig(config)
                        .setTransport(new Calls(reachable))
                        .setStateMachine(new PeerMachine())
                        .setStore(new PeerStore(file, valueBytes))
                        .build();
                reachable.put(member, node);
                nodes.put(member, node);
            }
            nodes.values().forEach(node -> node.start().join());
            return new MicroRaft(nodes, List.copyOf(files));
        }
    }
}
