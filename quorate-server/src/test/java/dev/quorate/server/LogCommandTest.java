package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.NodeOptions;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvSession;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.node.RunningServer;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code quorate log} over what a server left behind. */
final class LogCommandTest {
    private static final String SEGMENT = "log/0000000000000001.segment";

    @TempDir
    private Path directory = Path.of("");

    private Path data = Path.of("");

    @BeforeEach
    void runAServer() {
        data = directory.resolve("data");
        try (RunningServer server = start()) {
            String endpoint = server.endpoints().get(0).toString();
            assertThat(CommandRun.of("put", "greeting", "hello", "--endpoints", endpoint)
                            .exitCode())
                    .isZero();
            assertThat(CommandRun.of("del", "greeting", "--endpoints", endpoint).exitCode())
                    .isZero();
        }
    }

    @Test
    void aCleanLogIsCleanAndStaysAsItIs() throws IOException {
        Map<String, String> before = content();
        CommandRun run = log("verify");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("clean\n").contains("entries 1 to 4, term 1; ", "1 segment files");
        assertThat(run.exitCode()).isZero();
        assertThat(log("verify", "-w", "json").out())
                .startsWith("{\"result\":\"clean\",\"tornBytes\":0,\"segments\":1,")
                .hasLineCount(1);
        assertThat(log("dump").exitCode()).isZero();
        assertThat(content()).isEqualTo(before);
    }

    @Test
    void aTornWriteIsToldAndLeftToTheNextStart() throws IOException {
        tearTheLastWrite();
        Map<String, String> before = content();
        CommandRun run = log("verify");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("torn: ").contains("the next start cuts");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(log("verify", "-w", "json").out()).startsWith("{\"result\":\"torn\",\"tornBytes\":");
        assertThat(content()).isEqualTo(before);

        start().close();
        assertThat(log("verify").out()).startsWith("clean\n");
    }

    @Test
    void damageIsToldWithFileOffsetAndIndex() throws IOException {
        long offset = offsetOf("put \"greeting\"");
        flip(offset + 40);
        Map<String, String> before = content();
        CommandRun run = log("verify");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("DAMAGED: ")
                .contains(
                        data.resolve(SEGMENT).toString(),
                        "offset " + offset,
                        "index 3",
                        "before it: entries 1 to 2, term 1; ");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(log("verify", "-w", "json").out())
                .contains("\"result\":\"damaged\"", "\"offset\":" + offset, "\"index\":3", SEGMENT);

        CommandRun dump = log("dump");
        assertThat(dump.out()).contains("NO_OP").doesNotContain("greeting");
        assertThat(dump.err()).hasLineCount(1).contains("offset " + offset);
        assertThat(dump.exitCode()).isEqualTo(2);
        assertThat(content()).isEqualTo(before);
    }

    @Test
    void dumpPrintsRecordsWithTheirCommands() {
        assertThat(log("dump").out())
                .contains("HARD_STATE", "NO_OP", "MEMBERSHIP term 1 index 2 ", ";name=default;client=http://127.0.0.1:")
                .containsPattern("COMMAND +term 1 index 3 time 20.* size \\d+ {2}put \"greeting\" \"hello\"\n")
                .containsPattern("COMMAND +term 1 index 4 .* delete \"greeting\"\n")
                .containsPattern("CLOSED.*\n$");
    }

    @Test
    void dumpPrintsWhatSessionsDo() {
        try (EmbeddedKv kv = EmbeddedKv.builder()
                .storage(FileStorage.in(directory.resolve("embedded")))
                .start()) {
            kv.node().awaitLeader(Duration.ofSeconds(30)).join();
            KvSession session = kv.session().join();
            session.put(Bytes.utf8("greeting"), Bytes.utf8("hello")).join();
            session.close();
            // Behind the end of the session in the log, which nobody waits for.
            kv.delete(Bytes.utf8("greeting")).join();
        }
        data = directory.resolve("embedded");
        assertThat(log("dump").out())
                .containsPattern("OPEN_SESSION +term 1 index 2 .* at most 32 in flight .* 10000 sessions, timeout PT1H")
                .containsPattern("SESSION_COMMAND .* session 2 command 1 \\(answered below 1\\) put \"greeting\"")
                .containsPattern("CLOSE_SESSION .* session 2 ends");
    }

    @Test
    void dumpOfARangePrintsOnlyTheseIndexes() {
        assertThat(log("dump", "--from", "4").out()).hasLineCount(1).contains("delete");
        assertThat(log("dump", "--from", "3", "--to", "3").out())
                .hasLineCount(1)
                .contains("put");
        assertThat(log("dump", "--to", "3").out()).contains("put").doesNotContain("delete", "HARD_STATE");
    }

    @Test
    void dumpInJsonHasTheWholePayload() {
        assertThat(log("dump", "--from", "3", "--to", "3", "-w", "json").out())
                .hasLineCount(1)
                .startsWith("{\"file\":\"0000000000000001.segment\",\"offset\":")
                .contains("\"kind\":\"COMMAND\",\"term\":1,\"index\":3,\"time\":\"20", "\"size\":")
                .contains("\"content\":\"put \\\"greeting\\\" \\\"hello\\\"\",\"payload\":\"UQE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "dump"})
    void aDirectoryInUseIsOneLine(String command) throws IOException {
        try (RunningServer server = start()) {
            assertNotRead(log(command), "in use");
            assertThat(server.halted()).isNotDone();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "dump"})
    void aForeignOrMissingDirectoryIsOneLineAndStaysAsItIs(String command) throws IOException {
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        assertNotRead(CommandRun.of("log", command, foreign.toString()), "no log of Quorate");
        Files.writeString(foreign.resolve("IDENTITY"), "the identity of something else, which has its own form");
        assertNotRead(CommandRun.of("log", command, foreign.toString()), "not the identity of a Quorate node");
        assertThat(foreign).isDirectoryContaining(path -> path.endsWith("IDENTITY"));
        assertThat(foreign.toFile().list()).hasSize(1);
        Path missing = directory.resolve("missing");
        assertNotRead(CommandRun.of("log", command, missing.toString()), "is not a directory");
        assertThat(missing).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "dump"})
    void badUseIsOneLineAndNotTheCodeOfDamage(String command) {
        assertNotRead(CommandRun.of("log", command), "DIR");
        assertNotRead(CommandRun.of("log", command, "--frobnicate", data.toString()), "--frobnicate");
        assertThat(CommandRun.of("log").exitCode()).isEqualTo(2);
    }

    private static void assertNotRead(CommandRun run, String reason) {
        assertThat(run.err()).hasLineCount(1).startsWith("quorate log").contains(reason);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(3);
    }

    private CommandRun log(String... arguments) {
        String[] all = Stream.concat(Stream.concat(Stream.of("log"), Stream.of(arguments)), Stream.of(data.toString()))
                .toArray(String[]::new);
        return CommandRun.of(all);
    }

    private RunningServer start() {
        return RunningServer.start(data, List.of(new Endpoint("127.0.0.1", 0)), NodeOptions.DEFAULTS);
    }

    /** Where the first record stands whose line contains this. */
    private long offsetOf(String record) {
        return log("dump")
                .out()
                .lines()
                .filter(each -> each.contains(record))
                .mapToLong(line -> new Scanner(line.substring(line.indexOf(' '))).nextLong())
                .findFirst()
                .orElseThrow();
    }

    /**
     * What a power cut leaves of a write whose sync did not return: the second of its two records and not the first.
     */
    private void tearTheLastWrite() throws IOException {
        FileStorage storage = FileStorage.in(data);
        byte[] unsynced;
        try (OpenStorage open = storage.open(storage.identity().orElseThrow(), Membership.ofVoters(NodeId.of(1)))) {
            RaftLog log = open.log();
            LogId last = log.last();
            List<Entry> entries = new ArrayList<>();
            for (int i = 1; i <= 2; i++) {
                LogId id = new LogId(last.term(), last.index() + i);
                entries.add(new Entry(id, EntryKind.COMMAND, Bytes.utf8("torn"), 1));
            }
            log.append(entries);
            log.sync();
            unsynced = Files.readAllBytes(data.resolve(SEGMENT));
        }
        Files.write(data.resolve(SEGMENT), unsynced);
        flip(offsetOf("index 5 ") + 40);
    }

    private void flip(long offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(data.resolve(SEGMENT).toFile(), "rw")) {
            file.seek(offset);
            int old = file.read();
            file.seek(offset);
            file.write(old ^ 1);
        }
    }

    /** Every file with what is in it and when it was changed. */
    private Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(
                        file.toString(),
                        Files.getLastModifiedTime(file) + " "
                                + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).hashCode());
            }
        }
        return content;
    }
}
