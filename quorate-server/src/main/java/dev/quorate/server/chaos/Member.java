package dev.quorate.server.chaos;

import dev.quorate.etcd.wire.HashKVRequest;
import dev.quorate.etcd.wire.HashKVResponse;
import dev.quorate.etcd.wire.NodeStatusRequest;
import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A member through all of its lives. Its process belongs to the thread of the nemesis; asking how it is may any thread.
 */
final class Member implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
    /** What a server says when its log has no space for what it is to write. */
    private static final String LOG_IS_FULL = "the disk of the log is full";

    private final int number;
    private final Path directory;
    private final Endpoint client;
    private final List<String> command;
    private volatile @Nullable MemberProcess process;
    private @Nullable Connection connection;
    private boolean wanted;

    Member(int number, Path directory, Endpoint client, List<String> command) {
        this.number = number;
        this.directory = directory;
        this.client = client;
        this.command = List.copyOf(command);
    }

    int number() {
        return number;
    }

    String name() {
        return "m" + number;
    }

    /** Where its data, what it says and what it complains about are. */
    Path directory() {
        return directory;
    }

    /** The directory of the file system for its data. */
    Path volume() {
        return volumeIn(directory);
    }

    static Path volumeIn(Path directory) {
        return directory.resolve("volume");
    }

    /** Its data. */
    Path data() {
        return volume().resolve("data");
    }

    Endpoint client() {
        return client;
    }

    /** Begins its next life. */
    void start() throws IOException {
        process = MemberProcess.start(command, directory);
        wanted = true;
    }

    /** The process of this life, or of the last one. */
    MemberProcess process() {
        MemberProcess last = process;
        if (last == null) {
            throw new IllegalStateException(name() + " was never started");
        }
        return last;
    }

    boolean isAlive() {
        MemberProcess last = process;
        return last != null && last.isAlive();
    }

    /** True when it runs and does not stand still. */
    boolean isIdle() {
        return isAlive() && !process().isPaused();
    }

    /** It is to be down from now on: an end is no surprise. */
    void expectDown() {
        wanted = false;
    }

    /** It ended, and nobody wanted that. */
    boolean endedByItself() {
        return wanted && !isAlive();
    }

    /** What it says of itself; empty when it says nothing in time. */
    Optional<NodeStatusResponse> status() {
        return ask(connected -> connected.operator().nodeStatus(NodeStatusRequest.getDefaultInstance()));
    }

    /** The hash of its store; empty when it says nothing in time. */
    Optional<HashKVResponse> hash() {
        return ask(connected -> connected.maintenance().hashKV(HashKVRequest.getDefaultInstance()));
    }

    /** How often its log had no space for a write, by what it said in all of its lives. */
    int logRefusals() throws IOException {
        Path said = MemberProcess.complaints(directory);
        if (!Files.exists(said)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(said, StandardCharsets.ISO_8859_1)) {
            return (int) lines.filter(line -> line.contains(LOG_IS_FULL)).count();
        }
    }

    private <T> Optional<T> ask(Function<Connection, T> question) {
        Connection connected = connected();
        try {
            return Optional.of(question.apply(connected));
        } catch (StatusRuntimeException silent) {
            disconnect(connected);
            return Optional.empty();
        }
    }

    private synchronized Connection connected() {
        if (connection == null) {
            connection = Connection.to(client, ANSWER_MAX);
        }
        return connection;
    }

    private synchronized void disconnect(Connection broken) {
        if (connection == broken) {
            connection = null;
        }
        broken.close();
    }

    @Override
    public void close() {
        MemberProcess last = process;
        if (last != null && last.isAlive()) {
            try {
                last.kill();
            } catch (IOException stuck) {
                // It ends with its standard input at the latest.
            }
        }
        synchronized (this) {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }
    }
}
