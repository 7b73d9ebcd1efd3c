package dev.quorate.server.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.NodeOptions;
import dev.quorate.kv.KvClient;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers of one cluster in this process, configured as processes are, over a network in memory. */
@Timeout(180)
final class ServersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CLUSTER = "a=http://h1:1,b=http://h2:1,c=http://h3:1";

    @TempDir
    private Path directory = Path.of("");

    private final InProcessNetwork network = new InProcessNetwork();
    private final Map<String, RunningServer> running = new TreeMap<>();

    @AfterEach
    void stop() {
        running.values().forEach(RunningServer::close);
    }

    private RunningServer start(String name, int number) {
        return start(name, number, Map.of());
    }

    private RunningServer start(String name, int number, Map<Setting, String> more) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        flags.putAll(more);
        flags.put(Setting.NAME, name);
        flags.put(Setting.DATA_DIR, directory.resolve(name).toString());
        flags.put(Setting.LISTEN_CLIENT_URLS, "http://127.0.0.1:0");
        flags.put(Setting.LISTEN_PEER_URLS, "http://127.0.0.1:0");
        flags.put(Setting.INITIAL_ADVERTISE_PEER_URLS, "http://h" + number + ":1");
        flags.put(Setting.INITIAL_CLUSTER, CLUSTER);
        flags.put(Setting.ELECTION_TIMEOUT, "400");
        RunningServer server = RunningServer.start(
                ServerConfig.of(Settings.of(flags, Map.of())),
                (identity, config, memberList) ->
                        new PeerTransports.Counted(network.transport(identity.nodeId()), List::of),
                Machine.THIS);
        running.put(name, server);
        return server;
    }

    private void startThree() {
        start("a", 1);
        start("b", 2);
        start("c", 3);
        assertThat(running.values())
                .allSatisfy(server -> assertThat(server.ready()).succeedsWithin(PATIENCE));
    }

    private void stopAll() {
        running.values().forEach(RunningServer::close);
        running.clear();
    }

    private RunningServer leader() {
        await().atMost(PATIENCE)
                .until(() -> running.values().stream()
                        .anyMatch(s -> s.node().status().role() == Role.LEADER));
        return running.values().stream()
                .filter(s -> s.node().status().role() == Role.LEADER)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void threeServersThatAreToldTheSameFormAClusterAndComeBackToIt() {
        startThree();
        assertThat(running.values().stream()
                        .map(s -> s.node().status().clusterId())
                        .distinct())
                .hasSize(1);
        for (Map.Entry<String, RunningServer> server : running.entrySet()) {
            KvClient store = server.getValue().store();
            store.put(Bytes.utf8("from-" + server.getKey()), Bytes.utf8("v")).join();
        }
        running.values().forEach(RunningServer::close);
        running.clear();
        startThree();
        for (RunningServer server : running.values()) {
            assertThat(server.store().get(Bytes.utf8("from-b")).join()).contains(Bytes.utf8("v"));
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(leader().node()
                                .status()
                                .membership()
                                .addresses()
                                .values())
                        .allMatch(address -> address.contains(";client=http://127.0.0.1:")));
    }

    @Test
    void aLeaderThatStopsHandsOverFirst() {
        startThree();
        RunningServer leader = leader();
        long term = leader.node().status().term();
        String name = running.entrySet().stream()
                .filter(e -> e.getValue() == leader)
                .findFirst()
                .orElseThrow()
                .getKey();
        running.remove(name);
        leader.close();
        RunningServer next = leader();
        assertThat(next.node().status().term())
                .as("one election, begun at once")
                .isEqualTo(term + 1);
        next.store().put(Bytes.utf8("k"), Bytes.utf8("v")).join();
    }

    @Test
    void aMemberThatMovedWhileItWasAwayKeepsTheAddressThatItsOperatorGaveIt() {
        startThree();
        await().atMost(PATIENCE).until(() -> addressOfC().contains(";client="));
        String before = addressOfC();
        NodeId c = requireNonNull(running.get("c")).node().id();
        requireNonNull(running.remove("c")).close();
        String moved = before.replace("http://h3:1", "http://h9:1");
        await().atMost(PATIENCE)
                .until(() -> !leader().node()
                        .reconfigure(MembershipChange.updateAddress(c, moved))
                        .isCompletedExceptionally());
        await().atMost(PATIENCE).until(() -> addressOfC().equals(moved));
        // Its clients find it at another port now, so that it has something to tell before it has heard of anything.
        network.isolate(c);
        start("c", 3);
        await().pollDelay(Duration.ofMillis(700)).until(() -> true);
        network.healAll();
        await().atMost(PATIENCE)
                .until(() -> addressOfC().contains(";client=") && !addressOfC().equals(moved));
        assertThat(addressOfC()).startsWith("http://h9:1;name=c;client=http://127.0.0.1:");
    }

    /** What the member that leads says. */
    private String addressOfC() {
        return leader().node().status().membership().addresses().values().stream()
                .filter(address -> address.contains("name=c") || address.startsWith("http://h3:1"))
                .findFirst()
                .orElse("");
    }

    @Test
    void aLoneServerTellsItsClientsWhereItIs() {
        try (RunningServer alone = RunningServer.start(
                directory.resolve("alone"), List.of(new Endpoint("127.0.0.1", 0)), NodeOptions.DEFAULTS)) {
            String url = alone.endpoints().get(0).url();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(alone.node().status().membership().addresses())
                                    .containsEntry(alone.node().id(), ";name=default;client=" + url));
        }
    }

    @Test
    void addressesThatAreTooLongTogetherAreRefused() {
        String urls = "http://h1:1" + ",http://h1:1".repeat(90);
        assertThatThrownBy(() -> start("a", 1, Map.of(Setting.ADVERTISE_CLIENT_URLS, urls)))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("--advertise-client-urls")
                .hasMessageContaining("the limit is 1024");
    }

    @Test
    void aServerThatIsRemovedLearnsIt() {
        startThree();
        RunningServer leader = leader();
        RunningServer other =
                running.values().stream().filter(s -> s != leader).findFirst().orElseThrow();
        await().atMost(PATIENCE)
                .until(() -> !leader.node()
                        .reconfigure(MembershipChange.remove(other.node().id()))
                        .handle((done, failure) -> failure)
                        .thenApply(Optional::ofNullable)
                        .join()
                        .isPresent());
        await().atMost(PATIENCE).until(() -> other.removed().isDone());
    }

    @Test
    void theLastMemberBeginsANewClusterWithAllItHasWhenItIsForcedToAndOnlyOnce() {
        startThree();
        long former = leader().node().status().clusterId();
        leader().store().put(Bytes.utf8("kept"), Bytes.utf8("v")).join();
        await().atMost(PATIENCE)
                .until(() -> running.values().stream()
                        .allMatch(s -> s.store().status().revision()
                                == leader().store().status().revision()));
        stopAll();

        Map<Setting, String> force = Map.of(Setting.FORCE_NEW_CLUSTER, "true");
        RunningServer alone = start("a", 1, force);
        assertThat(alone.ready()).succeedsWithin(PATIENCE);
        long made = alone.node().status().clusterId();
        assertThat(made).isNotEqualTo(former);
        assertThat(alone.node().status().membership().voters())
                .containsExactly(alone.node().id());
        assertThat(alone.store().get(Bytes.utf8("kept")).join()).contains(Bytes.utf8("v"));
        alone.store().put(Bytes.utf8("later"), Bytes.utf8("w")).join();
        NodeId newcomer = NodeId.of(77);
        var unused = alone.node()
                .reconfigure(MembershipChange.addLearner(newcomer, "http://h4:1"))
                .join();
        stopAll();

        RunningServer asked = start("a", 1, force);
        assertThat(asked.ready()).succeedsWithin(PATIENCE);
        assertThat(asked.node().status().clusterId()).as("obeyed once").isEqualTo(made);
        assertThat(asked.node().status().membership().learners()).containsExactly(newcomer);
        assertThat(asked.store().get(Bytes.utf8("later")).join()).contains(Bytes.utf8("w"));
        stopAll();

        RunningServer after = start("a", 1);
        assertThat(after.ready()).succeedsWithin(PATIENCE);
        assertThat(after.node().status().clusterId()).isEqualTo(made);
        assertThat(after.store().get(Bytes.utf8("later")).join()).contains(Bytes.utf8("w"));
    }

    @Test
    void aNewClusterIsNotForcedWithoutData() {
        assertThatThrownBy(() -> start("a", 1, Map.of(Setting.FORCE_NEW_CLUSTER, "true")))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("no new cluster was made")
                .hasMessageContaining("no data of Quorate");
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void theDataOfAMemberOfAClusterIsNotServedAlone() {
        startThree();
        running.values().forEach(RunningServer::close);
        running.clear();
        List<Endpoint> anywhere = List.of(new Endpoint("127.0.0.1", 0));
        assertThatThrownBy(() -> RunningServer.start(directory.resolve("a"), anywhere, NodeOptions.DEFAULTS))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("--listen-peer-urls is needed");
    }
}
