package dev.quorate.server;

import dev.quorate.engine.NodeOptions;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.node.RunningServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of commands that need a server: each has one of its own, on a free port, with its data on disk. */
abstract class ServedTest {
    @TempDir
    private Path directory = Path.of("");

    private @Nullable RunningServer server;

    @BeforeEach
    final void startServer() {
        server = RunningServer.start(
                directory.resolve("data"), List.of(new Endpoint("127.0.0.1", 0)), NodeOptions.DEFAULTS);
    }

    @AfterEach
    final void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    /** A directory for the files of the test. */
    final Path directory() {
        return directory;
    }

    final RunningServer server() {
        if (server == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return server;
    }

    /** Runs a command that knows where the server is. */
    final CommandRun quorate(String... args) {
        return quorateWithInput("", args);
    }

    final CommandRun quorateWithInput(String input, String... args) {
        // A machine that runs many tests at once may be slow; what is tested here is not how slow.
        Stream<String> where = Stream.of(
                "--endpoints",
                server().endpoints().get(0).toString(),
                "--dial-timeout",
                "60s",
                "--command-timeout",
                "60s");
        String[] all = Stream.concat(Arrays.stream(args), where).toArray(String[]::new);
        return CommandRun.withInput(input, all);
    }
}
