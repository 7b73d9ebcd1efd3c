package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.server.node.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClientCommandsTest extends ServedTest {
    private static final String HEADER =
            "\"header\":{\"cluster_id\":C,\"member_id\":M,\"revision\":%d,\"raft_term\":1}";

    @Test
    void putAnswersOk() {
        assertThat(quorate("put", "a", "1")).isEqualTo(new CommandRun(0, "OK\n", ""));
        assertThat(quorate("put", "a", "2", "--prev-kv").out()).isEqualTo("OK\na\n1\n");
    }

    @Test
    void aValueMayComeFromStandardInputAndStayAsItIs() {
        assertThat(quorateWithInput("two\nlines\n", "put", "a").exitCode()).isZero();
        assertThat(quorate("get", "a").out()).isEqualTo("a\ntwo\nlines\n\n");
    }

    @Test
    void aPutMayKeepTheValue() {
        quorate("put", "a", "1");
        assertThat(quorate("put", "a", "--ignore-value").out()).isEqualTo("OK\n");
        assertThat(quorate("get", "a").out()).isEqualTo("a\n1\n");
    }

    @Test
    void getPrintsKeysAndValuesOnLinesOfTheirOwn() {
        fill("a", "b", "ba", "c");
        assertThat(quorate("get", "b").out()).isEqualTo("b\nvalue of b\n");
        assertThat(quorate("get", "x").out()).isEmpty();
        assertThat(quorate("get", "b", "c").out()).isEqualTo("b\nvalue of b\nba\nvalue of ba\n");
        assertThat(quorate("get", "b", "--prefix").out()).isEqualTo("b\nvalue of b\nba\nvalue of ba\n");
        assertThat(quorate("get", "ba", "--from-key", "--keys-only").out()).isEqualTo("ba\n\nc\n\n");
        assertThat(quorate("get", "", "--prefix", "--count-only").out()).isEqualTo("4\n");
        assertThat(quorate("get", "", "--from-key", "--limit", "2", "--print-value-only")
                        .out())
                .isEqualTo("value of a\nvalue of b\n");
        assertThat(quorate("get", "", "--prefix", "--order", "descend", "--keys-only", "--limit", "1")
                        .out())
                .isEqualTo("c\n\n");
        assertThat(quorate("get", "", "--prefix", "--sort-by", "MODIFY", "--order", "DESCEND", "--limit", "1")
                        .out())
                .isEqualTo("c\nvalue of c\n");
        assertThat(quorate("get", "", "--prefix", "--rev", "3", "--count-only").out())
                .isEqualTo("2\n");
        assertThat(quorate("get", "a", "--consistency", "s").out()).isEqualTo("a\nvalue of a\n");
    }

    @Test
    void jsonIsTheWholeAnswerOnOneLine() {
        quorate("put", "foo", "bar");
        assertThat(json("get", "foo"))
                .isEqualTo("{" + HEADER.formatted(2)
                        + ",\"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":2,\"mod_revision\":2,\"version\":1,"
                        + "\"value\":\"YmFy\"}],\"count\":1}\n");
        assertThat(json("put", "foo", "baz")).isEqualTo("{" + HEADER.formatted(3) + "}\n");
        assertThat(json("del", "foo")).isEqualTo("{" + HEADER.formatted(4) + ",\"deleted\":1}\n");
    }

    @Test
    void delPrintsHowManyThereWere() {
        fill("a", "b", "ba");
        assertThat(quorate("del", "x").out()).isEqualTo("0\n");
        assertThat(quorate("del", "b", "--prefix", "--prev-kv").out()).isEqualTo("2\nb\nvalue of b\nba\nvalue of ba\n");
        assertThat(quorate("get", "", "--prefix", "--count-only").out()).isEqualTo("1\n");
    }

    @Test
    void txnReadsEtcdctlsTextAndPrintsEtcdctlsAnswer() {
        quorate("put", "stock", "3");
        String text = "value(\"stock\") = \"3\"\n\nput stock \"2\"\nget stock\n\nget stock\n\n";
        assertThat(quorateWithInput(text, "txn").out()).isEqualTo("SUCCESS\n\nOK\n\nstock\n2\n");
        assertThat(quorateWithInput(text, "txn").out()).isEqualTo("FAILURE\n\nstock\n2\n");
    }

    @Test
    void statusTellsOneLineForEachServer() {
        quorate("put", "a", "1");
        CommandRun run = quorate("status");
        assertThat(run.exitCode()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("ENDPOINT", "NODE", "ROLE", "TERM", "REVISION", "ALARMS");
        assertThat(lines.get(1))
                .startsWith(server().endpoints().get(0).toString())
                .contains(server().node().id().toString(), "leader", "none");
        assertThat(json("status")).startsWith("[{\"Endpoint\":\"127.0.0.1:").contains("\"version\":\"3.5.0\"");
    }

    @Test
    void statusOfSomeServersIsPrintedWhenAnotherOneIsNotThere() {
        CommandRun run = CommandRun.of(
                "status", "--endpoints", "127.0.0.1:1," + server().endpoints().get(0));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("leader");
        assertThat(run.err()).hasLineCount(1).contains("cannot reach 127.0.0.1:1");
    }

    @Test
    void theNextServerIsTriedWhenOneIsNotThere() {
        CommandRun run = CommandRun.of(
                "put",
                "a",
                "1",
                "--endpoints",
                "127.0.0.1:1," + server().endpoints().get(0));
        assertThat(run).isEqualTo(new CommandRun(0, "OK\n", ""));
    }

    @Test
    void snapshotSaveWritesTheServersSnapshot() throws IOException {
        fill("a", "b");
        Path file = directory().resolve("backup");
        CommandRun run = quorate("snapshot", "save", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Snapshot of revision 3 saved at " + file);
        byte[] snapshot = Files.readAllBytes(server().node().snapshot().join().path());
        byte[] saved = Files.readAllBytes(file);
        assertThat(saved).startsWith(snapshot);
        // Whole pages and their checksum, as etcdctl wants it.
        assertThat(saved.length).isEqualTo((snapshot.length + 511) / 512 * 512 + 32);
        String checksum = HexFormat.of().formatHex(saved, saved.length - 32, saved.length);
        assertThat(run.out()).contains("sha256 " + checksum);
        assertThat(directory()).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void snapshotVerifyTellsAWholeFileFromADamagedOne() throws IOException {
        fill("a", "b");
        Path file = directory().resolve("backup");
        quorate("snapshot", "save", file.toString());
        CommandRun whole = CommandRun.of("snapshot", "verify", file.toString());
        assertThat(whole.exitCode()).isZero();
        assertThat(whole.out()).startsWith(file + " is whole");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        CommandRun damaged = CommandRun.of("snapshot", "verify", file.toString());
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.err()).hasLineCount(1).contains("is damaged");
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(CommandRun.of("snapshot", "verify", file.toString()).err()).contains("not a whole snapshot");
        assertThat(CommandRun.of("snapshot", "verify", "no-such-file").err()).contains("cannot read no-such-file");
    }

    @Test
    void snapshotSaveReplacesAFileOnlyWhenToldTo() throws IOException {
        Path file = Files.writeString(directory().resolve("backup"), "precious");
        CommandRun refused = quorate("snapshot", "save", file.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("exists", "--overwrite");
        assertThat(Files.readString(file)).isEqualTo("precious");
        assertThat(quorate("snapshot", "save", file.toString(), "--overwrite", "-w", "json")
                        .out())
                .contains("\"file\":", "\"bytes\":", "\"revision\":1", "\"sha256\":");
        assertThat(Files.size(file)).isNotEqualTo("precious".length());
    }

    @Test
    void aSnapshotThatCannotBeWrittenIsOneLine() {
        CommandRun run =
                quorate("snapshot", "save", directory().resolve("no/such/place").toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("cannot write");
    }

    @Test
    void aRefusalIsEtcdsMessageInOneLine() {
        assertRefused("key is not provided", quorate("put", "", "1"));
        assertRefused("key is not provided", quorate("get", ""));
        assertRefused("key is not provided", quorate("del", ""));
        assertRefused("required revision is a future revision", quorate("get", "a", "--rev", "9"));
        assertRefused("key not found", quorate("put", "a", "--ignore-value"));
        assertRefused("duplicate key given in txn request", quorateWithInput("\nput a 1\nput a 2\n\n\n", "txn"));
        assertThat(quorate("get", "", "--prefix", "--count-only").out()).isEqualTo("0\n");
    }

    @Test
    void aValueOverTheLimitIsOneLineAndChangesNothing() {
        assertRefused("request is too large", quorateWithInput("x".repeat(3 << 19), "put", "a"));
        CommandRun muchLarger = quorateWithInput("x".repeat(4 << 20), "put", "a");
        assertThat(muchLarger.exitCode()).isEqualTo(1);
        assertThat(muchLarger.err()).hasLineCount(1);
        assertThat(quorate("get", "a", "--count-only").out()).isEqualTo("0\n");
    }

    @Test
    void aServerThatStopsLeavesNothingUnsaid() {
        RunningServer stopped = server();
        stopped.close();
        CommandRun run = quorateAt(stopped);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("cannot reach");
    }

    private static CommandRun quorateAt(RunningServer server) {
        return CommandRun.of(
                "get", "a", "--endpoints", server.endpoints().get(0).toString());
    }

    private static void assertRefused(String reason, CommandRun run) {
        assertThat(run.err()).hasLineCount(1).contains("etcdserver: ").contains(reason);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
    }

    private void fill(String... keys) {
        for (String key : keys) {
            assertThat(quorate("put", key, "value of " + key).exitCode()).isZero();
        }
    }

    private String json(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "-w";
        all[args.length + 1] = "json";
        CommandRun run = quorate(all);
        assertThat(run.exitCode()).isZero();
        return run.out()
                .replaceAll("\"cluster_id\":\\d+", "\"cluster_id\":C")
                .replaceAll("\"member_id\":\\d+", "\"member_id\":M");
    }
}
