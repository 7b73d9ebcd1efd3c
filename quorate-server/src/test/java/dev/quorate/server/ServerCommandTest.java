package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quorate.engine.NodeOptions;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.node.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server that must not start (one that does would never end): one line that says why, and nothing on the disk is
 * changed.
 */
@Timeout(120)
final class ServerCommandTest {
    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    --data-dir D --frobnicate                                          | --frobnicate
                    --data-dir D surplus                                               | surplus
                    --listen-client-urls http://127.0.0.1:0                            | --data-dir
                    --data-dir D --listen-client-urls nowhere                          | 'nowhere' is not an address
                    --data-dir D --listen-client-urls http://256.1.1.1:2379            | is not an address
                    --data-dir D --listen-client-urls http://127.0.0.1:99999           | is not an address
                    --data-dir D --listen-client-urls https://127.0.0.1:0              | TLS
                    --data-dir D --listen-client-urls http://127.0.0.1:0 --log-level x | --log-level
                    --data-dir D --listen-client-urls http://127.0.0.1:0 --snapshot-count 0 | --snapshot-count
                    """)
    void badUseIsOneLineAndMakesNothing(String arguments, String named) throws IOException {
        Path data = directory.resolve("data");
        String[] all = Stream.concat(Stream.of("server"), Arrays.stream(arguments.split(" +")))
                .map(argument -> argument.equals("D") ? data.toString() : argument)
                .toArray(String[]::new);
        assertRefused(2, named, CommandRun.of(all));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anAddressThatIsNotOursOrNotFreeIsOneLineAndMakesNothing() throws IOException {
        Path data = directory.resolve("data");
        assertRefused(1, "no such host", server(data, "http://no-such-host.invalid:2379"));
        // Set aside for documentation: no machine has it.
        assertRefused(1, "192.0.2.1", server(data, "http://192.0.2.1:2379"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(1, "in use", server(data, "http://127.0.0.1:" + taken.getLocalPort()));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileInThePlaceOfTheDirectoryIsOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "precious");
        assertRefused(1, "is a file, not a directory", server(file));
        assertRefused(1, "is a file, not a directory", server(file.resolve("below")));
        assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @Test
    void aDirectoryOfSomethingElseIsOneLineAndStaysAsItIs() throws IOException {
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("notes.txt"), "precious");
        Map<String, String> before = content(foreign);
        assertRefused(1, "is not empty and holds no data of Quorate: there is notes.txt", server(foreign));
        assertThat(content(foreign)).isEqualTo(before);

        Files.move(foreign.resolve("notes.txt"), foreign.resolve("IDENTITY"));
        before = content(foreign);
        assertRefused(1, "is not the identity of a Quorate node", server(foreign));
        assertThat(content(foreign)).isEqualTo(before);
    }

    @Test
    void aDirectoryInUseIsOneLineAndItsServerGoesOn() throws IOException {
        Path data = directory.resolve("data");
        try (RunningServer running =
                RunningServer.start(data, List.of(new Endpoint("127.0.0.1", 0)), NodeOptions.DEFAULTS)) {
            Map<String, String> before = content(data);
            assertRefused(1, "in use by this process", server(data));
            assertThat(content(data)).isEqualTo(before);
            String endpoint = running.endpoints().get(0).toString();
            assertThat(CommandRun.of("put", "a", "1", "--endpoints", endpoint, "--dial-timeout", "60s")
                            .out())
                    .isEqualTo("OK\n");
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsOneLine() throws IOException {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
        try {
            assumeThat(Files.isWritable(closed))
                    .as("the superuser can write everywhere")
                    .isFalse();
            assertRefused(1, "cannot be written by this user", server(closed));
            assertRefused(1, "cannot be written by this user", server(closed.resolve("below")));
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(closed).isEmptyDirectory();
    }

    private static CommandRun server(Path data) {
        return server(data, "http://127.0.0.1:0");
    }

    private static CommandRun server(Path data, String listen) {
        return CommandRun.of("server", "--data-dir", data.toString(), "--listen-client-urls", listen);
    }

    private static void assertRefused(int exitCode, String reason, CommandRun run) {
        assertThat(run.err()).hasLineCount(1).startsWith("quorate server: ").contains(reason);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(exitCode);
    }

    private static Map<String, String> content(Path where) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(where)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.size(file));
            }
        }
        return content;
    }
}
