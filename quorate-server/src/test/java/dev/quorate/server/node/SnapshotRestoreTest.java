package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.NodeOptions;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvPair;
import dev.quorate.kv.KvSession;
import dev.quorate.kv.PutResponse;
import dev.quorate.kv.RangeRequest;
import dev.quorate.server.client.SnapshotCommand;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import dev.quorate.spi.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A snapshot of one server becomes the beginning of others. */
@Timeout(180)
final class SnapshotRestoreTest {
    private static final String CLUSTER = "a=http://h1:1,b=http://h2:1,c=http://h3:1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");

    private final InProcessNetwork network = new InProcessNetwork();
    private final List<RunningServer> running = new ArrayList<>();
    private long sourceCluster;
    private List<KvPair> saved = List.of();

    /** A server is filled, saved and stopped. */
    @BeforeEach
    void fillAndSave() {
        RunningServer source = startAlone("source");
        for (int i = 0; i < 20; i++) {
            source.store().put(key(i), Bytes.utf8("first")).join();
        }
        source.store().put(key(3), Bytes.utf8("second")).join();
        source.store().delete(key(4)).join();
        saved = all(source);
        sourceCluster = source.node().status().clusterId();
        save(source);
    }

    private void save(RunningServer source) {
        String endpoint = source.endpoints().get(0).toString();
        Run run = run(new SnapshotCommand.Save(terminal()), file().toString(), "--overwrite", "--endpoints", endpoint);
        assertThat(run.code()).as(run.text()).isZero();
        stop();
    }

    @AfterEach
    void stop() {
        running.forEach(RunningServer::close);
        running.clear();
    }

    @Test
    void aRestoredServerHoldsAllWithItsRevisionsAndGoesOn() {
        Run run = restore("alone");
        assertThat(run.code()).as(run.text()).isZero();
        assertThat(run.text()).contains("restored to " + directory.resolve("alone"), "alone");
        RunningServer server = startAlone("alone");
        assertThat(all(server)).isEqualTo(saved).hasSize(19);
        assertThat(server.node().status().clusterId()).isNotEqualTo(sourceCluster);
        long before = server.store().status().revision();
        assertThat(at(server, before - 2)).as("history is kept").hasSize(20);
        server.store().put(key(50), Bytes.utf8("later")).join();
        assertThat(server.store().status().revision()).isEqualTo(before + 1);
        stop();
        assertThat(all(startAlone("alone"))).hasSize(20);
    }

    @Test
    void threeMembersThatAreRestoredFromOneFileFormOneCluster() {
        for (String name : List.of("a", "b", "c")) {
            Run run = restore(name, "--name", name, "--initial-cluster", CLUSTER);
            assertThat(run.code()).as(run.text()).isZero();
            assertThat(run.text()).contains("one of 3");
        }
        List.of("a", "b", "c").forEach(this::startMember);
        assertThat(running).allSatisfy(server -> assertThat(server.ready()).succeedsWithin(PATIENCE));
        assertThat(running.stream().map(s -> s.node().status().clusterId()).distinct())
                .hasSize(1)
                .doesNotContain(sourceCluster);
        running.get(0).store().put(key(50), Bytes.utf8("later")).join();
        for (RunningServer server : running) {
            assertThat(all(server)).hasSize(20).containsAll(saved);
            assertThat(server.node().status().membership().voters()).hasSize(3);
        }
        stop();
        List.of("a", "b", "c").forEach(this::startMember);
        assertThat(running).allSatisfy(server -> assertThat(server.ready()).succeedsWithin(PATIENCE));
        assertThat(all(running.get(2))).hasSize(20);
    }

    @Test
    void aWriteOfAClientSessionThatComesAgainTakesNoEffectInTheRestoredClusterEither() {
        RunningServer source = startAlone("source");
        KvSession session = source.store().session().join();
        long sequence = session.firstUnanswered();
        PutResponse first = session.put(key(21), Bytes.utf8("once")).join();
        save(source);
        restore("alone");
        RunningServer server = startAlone("alone");
        long before = server.store().status().revision();
        PutResponse again = server.store()
                .session(session.id(), sequence)
                .put(key(21), Bytes.utf8("once"))
                .join();
        assertThat(again).isEqualTo(first);
        assertThat(server.store().status().revision()).isEqualTo(before);
    }

    @Test
    void membersOfDifferentSnapshotsAreOfDifferentClusters() {
        restore("a", "--name", "a", "--initial-cluster", CLUSTER);
        save(startAlone("source"));
        restore("b", "--name", "b", "--initial-cluster", CLUSTER);
        assertThat(SingleNode.identityIn(directory.resolve("a")).orElseThrow().clusterId())
                .isNotEqualTo(SingleNode.identityIn(directory.resolve("b"))
                        .orElseThrow()
                        .clusterId());
    }

    @Test
    void aDamagedFileMakesNothing() throws IOException {
        byte[] bytes = Files.readAllBytes(file());
        bytes[100] ^= 1;
        Files.write(file(), bytes);
        Run run = restore("alone");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.text()).contains("is damaged", "nothing was restored");
        assertThat(directory.resolve("alone")).doesNotExist();
    }

    @Test
    void dataThatIsThereIsLeftAsItIs() {
        Run run = restore("source");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.text()).contains("is not empty", "a new directory only");
        assertThat(startAlone("source").node().status().clusterId()).isEqualTo(sourceCluster);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --name x --initial-cluster a=http://h1:1 | 'x'
                    --name a --initial-cluster a=http://h1:1 --initial-advertise-peer-urls http://h2:1 | http://h2:1
                    --name a --initial-cluster http://h1:1 | --initial-cluster
                    --name a --initial-advertise-peer-urls h1 | --initial-advertise-peer-urls
                    --name a;b | --name
                    """)
    void badUseNamesTheOptionAndMakesNothing(String options, String named) {
        Run run = restore("alone", options.split(" +", -1));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.text()).contains(named);
        assertThat(directory.resolve("alone")).doesNotExist();
    }

    private record Run(int code, String text) {}

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Terminal terminal() {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Terminal(new ByteArrayInputStream(new byte[0]), stream, stream, false);
    }

    private Run run(Object command, String... args) {
        out.reset();
        int code = new CommandLine(command)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    out.writeBytes(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
                    return e instanceof CommandFailedException failed ? failed.exitCode() : -1;
                })
                .execute(args);
        return new Run(code, out.toString(StandardCharsets.UTF_8));
    }

    private Run restore(String name, String... options) {
        List<String> args = new ArrayList<>(
                List.of(file().toString(), "--data-dir", directory.resolve(name).toString()));
        args.addAll(List.of(options));
        return run(new SnapshotRestoreCommand(terminal()), args.toArray(String[]::new));
    }

    private Path file() {
        return directory.resolve("backup");
    }

    private RunningServer startAlone(String name) {
        RunningServer server = RunningServer.start(
                directory.resolve(name), List.of(new Endpoint("127.0.0.1", 0)), NodeOptions.DEFAULTS);
        running.add(server);
        return server;
    }

    private void startMember(String name) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        flags.put(Setting.NAME, name);
        flags.put(Setting.DATA_DIR, directory.resolve(name).toString());
        flags.put(Setting.LISTEN_CLIENT_URLS, "http://127.0.0.1:0");
        flags.put(Setting.LISTEN_PEER_URLS, "http://127.0.0.1:0");
        flags.put(Setting.ELECTION_TIMEOUT, "400");
        running.add(RunningServer.start(
                ServerConfig.of(Settings.of(flags, Map.of("QUORATE_INITIAL_ADVERTISE_PEER_URLS", "http://h:1"))),
                (identity, config, memberList) ->
                        new PeerTransports.Counted(network.transport(identity.nodeId()), List::of),
                Machine.THIS));
    }

    private static Bytes key(int i) {
        return Bytes.utf8("key-" + (char) ('a' + i));
    }

    private static List<KvPair> all(RunningServer server) {
        return server.store()
                .range(RangeRequest.of(KeyRange.prefix(Bytes.utf8("key-"))))
                .join()
                .pairs();
    }

    private static List<KvPair> at(RunningServer server, long revision) {
        return server.store()
                .range(RangeRequest.of(KeyRange.prefix(Bytes.utf8("key-"))).atRevision(revision))
                .join()
                .pairs();
    }
}
