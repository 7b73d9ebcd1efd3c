package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.engine.NodeStatus;
import dev.quorate.raft.Role;
import dev.quorate.server.client.StatusCommand;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import dev.quorate.spi.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The page of metrics, of servers that talk to each other over real connections. */
@Timeout(180)
final class MetricsTextTest {
    private static final Path TABLE = Path.of("..", "docs", "METRICS.md");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");

    private final List<RunningServer> running = new ArrayList<>();

    @AfterEach
    void stop() {
        running.forEach(RunningServer::close);
    }

    private void start(int nodes) throws IOException {
        List<String> members = new ArrayList<>();
        List<String> peers = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            try (ServerSocket free = new ServerSocket(0)) {
                peers.add("http://127.0.0.1:" + free.getLocalPort());
            }
            members.add("n" + node + "=" + peers.get(node));
        }
        for (int node = 0; node < nodes; node++) {
            Map<Setting, String> flags = new EnumMap<>(Setting.class);
            flags.put(Setting.NAME, "n" + node);
            flags.put(Setting.DATA_DIR, directory.resolve("n" + node).toString());
            flags.put(Setting.LISTEN_CLIENT_URLS, "http://127.0.0.1:0");
            flags.put(Setting.LISTEN_METRICS_URLS, "http://127.0.0.1:0");
            flags.put(Setting.LISTEN_PEER_URLS, peers.get(node));
            flags.put(Setting.INITIAL_CLUSTER, String.join(",", members));
            running.add(
                    RunningServer.start(ServerConfig.of(Settings.of(flags, Map.of())), new GrpcPeers(), Machine.THIS));
        }
        assertThat(running).allSatisfy(server -> assertThat(server.ready()).succeedsWithin(PATIENCE));
    }

    private static PrometheusPage page(RunningServer server) {
        InetSocketAddress address = server.metrics().get(0);
        URI uri = URI.create("http://127.0.0.1:" + address.getPort() + "/metrics");
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            return new PrometheusPage(answer.body());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private RunningServer leader() {
        return running.stream()
                .filter(server -> server.node().status().role() == Role.LEADER)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void writesAndReadsMoveTheFiguresOfEveryoneWhoTakesPart() throws IOException {
        start(3);
        RunningServer leader = leader();
        RunningServer follower =
                running.stream().filter(server -> server != leader).findFirst().orElseThrow();
        PrometheusPage before = page(leader);
        for (int i = 0; i < 20; i++) {
            leader.store().put(Bytes.utf8("k" + i), Bytes.utf8("v")).join();
            leader.store().get(Bytes.utf8("k" + i)).join();
        }
        follower.store().put(Bytes.utf8("from a follower"), Bytes.utf8("v")).join();
        PrometheusPage after = page(leader);
        assertThat(count(after, "quorate_propose_seconds", "origin=\"client\""))
                .isEqualTo(count(before, "quorate_propose_seconds", "origin=\"client\"") + 20);
        assertThat(count(after, "quorate_propose_seconds", "origin=\"peer\"")).isPositive();
        assertThat(count(after, "quorate_read_seconds", ""))
                .isGreaterThanOrEqualTo(count(before, "quorate_read_seconds", "") + 20);
        assertThat(count(after, "quorate_fsync_seconds", "")).isGreaterThan(count(before, "quorate_fsync_seconds", ""));
        assertThat(count(after, "quorate_apply_seconds", ""))
                .isGreaterThanOrEqualTo(count(before, "quorate_apply_seconds", "") + 20);
        for (RunningServer peer : running) {
            if (peer != leader) {
                String label = "peer=\"" + peer.node().id() + "\"";
                assertThat(count(after, "quorate_append_seconds", label)).isPositive();
                assertThat(after.value("quorate_peer_connected", "{" + label + "}"))
                        .isEqualTo(1);
                assertThat(after.value("quorate_peer_sent_messages_total", "{" + label + "}"))
                        .isGreaterThan(before.value("quorate_peer_sent_messages_total", "{" + label + "}"));
                assertThat(after.value("quorate_peer_sent_bytes_total", "{" + label + "}"))
                        .isPositive();
                assertThat(after.family("quorate_peer_queue_messages").samples)
                        .containsKey("{" + label + ",lane=\"log\"}");
                assertThat(after.value("quorate_peer_mode", "{" + label + ",mode=\"replicate\"}"))
                        .isEqualTo(1);
            }
        }
        assertThat(page(follower).value("quorate_store_revision")).isEqualTo(after.value("quorate_store_revision"));
    }

    private static long count(PrometheusPage page, String histogram, String label) {
        return page.value(histogram, "_count{" + label + "}");
    }

    @Test
    void aPeerThatIsGoneIsNotConnectedAndWhatWasForItIsDropped() throws IOException {
        start(3);
        RunningServer leader = leader();
        RunningServer gone =
                running.stream().filter(server -> server != leader).findFirst().orElseThrow();
        String label = "{peer=\"" + gone.node().id() + "\"}";
        running.remove(gone);
        gone.close();
        await().atMost(PATIENCE).untilAsserted(() -> {
            PrometheusPage page = page(leader);
            assertThat(page.value("quorate_peer_connected", label)).isZero();
            assertThat(page.value("quorate_peer_reconnects_total", label)).isPositive();
            assertThat(page.value("quorate_peer_dropped_messages_total", label)).isPositive();
            assertThat(page.value("quorate_peer_active", label)).isZero();
        });
    }

    @Test
    void thePageSaysWhatStatusSays() throws IOException {
        start(1);
        RunningServer server = running.get(0);
        server.store().put(Bytes.utf8("k"), Bytes.utf8("v")).join();
        server.node().checkpoint().join();
        Endpoint endpoint = server.endpoints().get(0);
        await().atMost(PATIENCE).untilAsserted(() -> {
            NodeStatus status = server.node().status();
            PrometheusPage page = page(server);
            assertThat(printed(endpoint))
                    .containsEntry("ROLE", page.value("quorate_is_leader") == 1 ? "leader" : "follower")
                    .containsEntry("TERM", Long.toString(page.value("quorate_term")))
                    .containsEntry("COMMIT", Long.toString(page.value("quorate_commit_index")))
                    .containsEntry("APPLIED", Long.toString(page.value("quorate_applied_index")))
                    .containsEntry("REVISION", Long.toString(page.value("quorate_store_revision")))
                    .containsEntry("SNAPSHOT", Long.toString(page.value("quorate_snapshot_index")))
                    .containsEntry("PURGED", Long.toString(page.value("quorate_purged_index")));
            assertThat(status.snapshot().index()).isPositive().isEqualTo(page.value("quorate_snapshot_index"));
            assertThat(page.value("quorate_snapshots_made_total")).isPositive();
        });
    }

    /** What {@code quorate status} prints, by the title of its column. */
    private static Map<String, String> printed(Endpoint endpoint) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), stream, stream, false);
        new CommandLine(new StatusCommand(terminal)).execute("--endpoints", endpoint.toString());
        terminal.out().flush();
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        return columns(lines.get(0), lines.get(1));
    }

    private static Map<String, String> columns(String head, String row) {
        String[] names = head.trim().split(" {2,}", -1);
        String[] values = row.trim().split(" {2,}", -1);
        Map<String, String> columns = new TreeMap<>();
        for (int place = 0; place < Math.min(names.length, values.length); place++) {
            columns.put(names[place], values[place]);
        }
        return columns;
    }

    @Test
    void theTableOfTheDocumentationHasEveryMetricOfThePageAndNoOther() throws IOException {
        start(1);
        Map<String, String> written = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("| `")) {
                String[] cells = line.split("\\|", -1);
                String name = cells[1].trim().replace("`", "").replaceAll("\\{.*", "");
                written.put(name, cells[2].trim() + ": " + cells[3].trim());
            }
        }
        Map<String, String> told = new TreeMap<>();
        page(running.get(0)).families().forEach((name, family) -> told.put(name, family.type + ": " + family.help));
        assertThat(written).isEqualTo(told);
    }

    @Test
    void namesFollowTheRulesOfPrometheus() throws IOException {
        start(1);
        page(running.get(0)).families().forEach((name, family) -> {
            assertThat(name.endsWith("_total")).as(name).isEqualTo(family.type.equals("counter"));
            assertThat(name).as("base units").doesNotContainPattern("milli|micro|nano|kilo|mega|minutes|percent");
            if (family.type.equals("histogram")) {
                assertThat(name).endsWith("_seconds");
            }
            assertThat(name).doesNotMatch(".*_(count|sum|bucket)");
        });
    }

    @Test
    void aLabelMayHaveAnythingInIt() {
        Exposition page = new Exposition();
        page.beginGauge("quorate_x", "A thing.");
        page.sample(1, new Exposition.Label("version", "a \"b\" \\ c\nd"));
        assertThat(page.text()).contains("quorate_x{version=\"a \\\"b\\\" \\\\ c\\nd\"} 1\n");
        assertThat(new PrometheusPage(page.text()).family("quorate_x").samples).hasSize(1);
    }

    @Test
    void theReaderOfTheseTestsRefusesWhatPrometheusWould() {
        String head = "# HELP quorate_x A thing.\n# TYPE quorate_x histogram\n";
        for (String page : List.of(
                "quorate_x 1\n",
                head + "quorate_y_sum 1\n",
                head + head,
                head + "quorate_x_sum{a=\"1\",a=\"2\"} 1\n",
                head + "quorate_x_sum{a=\"1\" b=\"2\"} 1\n",
                head + "quorate_x_sum 1\nquorate_x_sum 1\n",
                head + "quorate_x_bucket{le=\"1\"} 1\nquorate_x_sum 1\nquorate_x_count 1\n",
                head + "quorate_x_bucket{le=\"1\"} 2\nquorate_x_bucket{le=\"+Inf\"} 1\nquorate_x_sum 1\n"
                        + "quorate_x_count 1\n",
                head + "quorate_x_sum 1")) {
            assertThatThrownBy(() -> new PrometheusPage(page)).as(page).isInstanceOf(AssertionError.class);
        }
    }
}
