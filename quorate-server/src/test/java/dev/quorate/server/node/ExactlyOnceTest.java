package dev.quorate.server.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.engine.InProcessNetwork;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.raft.Role;
import dev.quorate.server.console.ClientTls;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.SessionClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of three servers that count while leaders are killed: no increment is lost, none is made twice. */
@Timeout(300)
final class ExactlyOnceTest {
    private static final String CLUSTER = "a=http://h1:1,b=http://h2:1,c=http://h3:1";
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int CLIENTS = 4;
    private static final int INCREMENTS = 250;
    private static final int KILLS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ByteString COUNTER = ByteString.copyFromUtf8("counter");

    @TempDir
    private Path directory = Path.of("");

    private final InProcessNetwork network = new InProcessNetwork();
    private final Map<String, RunningServer> running = new TreeMap<>();
    private final Map<String, String> clientUrls = new TreeMap<>();

    @AfterEach
    void stop() {
        running.values().forEach(RunningServer::close);
    }

    private void start(String name) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        flags.put(Setting.NAME, name);
        flags.put(Setting.DATA_DIR, directory.resolve(name).toString());
        flags.put(Setting.LISTEN_CLIENT_URLS, clientUrls.getOrDefault(name, "http://127.0.0.1:0"));
        flags.put(Setting.LISTEN_PEER_URLS, "http://127.0.0.1:0");
        flags.put(Setting.INITIAL_ADVERTISE_PEER_URLS, "http://h" + (NAMES.indexOf(name) + 1) + ":1");
        flags.put(Setting.INITIAL_CLUSTER, CLUSTER);
        flags.put(Setting.ELECTION_TIMEOUT, "400");
        RunningServer server = RunningServer.start(
                ServerConfig.of(Settings.of(flags, Map.of())),
                (identity, config, memberList) ->
                        new PeerTransports.Counted(network.transport(identity.nodeId()), List::of),
                Machine.THIS);
        clientUrls.put(name, server.endpoints().get(0).url());
        running.put(name, server);
    }

    private String leader() {
        await().atMost(PATIENCE)
                .until(() -> running.values().stream()
                        .anyMatch(s -> s.node().status().role() == Role.LEADER));
        return running.entrySet().stream()
                .filter(s -> s.getValue().node().status().role() == Role.LEADER)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** The leader says nothing to the others any more, ends, and comes back. */
    private void killLeader() {
        String name = leader();
        RunningServer server = requireNonNull(running.get(name));
        network.isolate(server.node().status().id());
        running.remove(name);
        server.close();
        network.healAll();
        leader();
        start(name);
    }

    private SessionClient client(int number) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            endpoints.add(Endpoint.parse(requireNonNull(clientUrls.get(NAMES.get((number + i) % NAMES.size())))));
        }
        return new SessionClient(endpoints, Duration.ofSeconds(2), PATIENCE, ClientTls.NONE);
    }

    private static RangeResponse read(SessionClient client) {
        return client.read(server ->
                server.kv().range(RangeRequest.newBuilder().setKey(COUNTER).build()));
    }

    private static long value(RangeResponse read) {
        return read.getKvsCount() == 0
                ? 0
                : Long.parseLong(read.getKvs(0).getValue().toStringUtf8());
    }

    /** One increment that is acknowledged: by compare-and-set, which says of a repetition that it did not hold. */
    private static void increment(SessionClient client) {
        boolean done = false;
        while (!done) {
            RangeResponse read = read(client);
            long revision = read.getKvsCount() == 0 ? 0 : read.getKvs(0).getModRevision();
            done = client.txn(TxnRequest.newBuilder()
                            .addCompare(Compare.newBuilder()
                                    .setKey(COUNTER)
                                    .setTarget(Compare.CompareTarget.MOD)
                                    .setResult(Compare.CompareResult.EQUAL)
                                    .setModRevision(revision))
                            .addSuccess(RequestOp.newBuilder()
                                    .setRequestPut(PutRequest.newBuilder()
                                            .setKey(COUNTER)
                                            .setValue(ByteString.copyFromUtf8(String.valueOf(value(read) + 1)))))
                            .build())
                    .getSucceeded();
        }
    }

    @Test
    void aCounterHasExactlyTheAcknowledgedIncrementsThoughLeadersAreKilled() {
        NAMES.forEach(this::start);
        assertThat(running.values())
                .allSatisfy(server -> assertThat(server.ready()).succeedsWithin(PATIENCE));
        AtomicInteger acknowledged = new AtomicInteger();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int number = 0; number < CLIENTS; number++) {
            SessionClient client = client(number);
            clients.add(CompletableFuture.runAsync(
                    () -> {
                        try (client) {
                            for (int i = 0; i < INCREMENTS; i++) {
                                increment(client);
                                acknowledged.incrementAndGet();
                            }
                        }
                    },
                    task -> new Thread(task, "counting").start()));
        }
        for (int kill = 1; kill <= KILLS; kill++) {
            int from = kill * CLIENTS * INCREMENTS / (KILLS + 1);
            await().atMost(Duration.ofMinutes(2)).until(() -> acknowledged.get() >= from);
            killLeader();
        }
        clients.forEach(CompletableFuture::join);
        assertThat(acknowledged).hasValue(CLIENTS * INCREMENTS);
        try (SessionClient client = client(0)) {
            assertThat(value(read(client))).isEqualTo(CLIENTS * INCREMENTS);
        }
    }
}
