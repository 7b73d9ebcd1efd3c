package dev.quorate.server.client;

import dev.quorate.etcd.wire.SnapshotRequest;
import dev.quorate.etcd.wire.SnapshotResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.console.WireJson;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quorate snapshot}: what there is to do with snapshots of a server. */
@Command(
        name = "snapshot",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Saves snapshots of a running server, checks what was saved, and begins a new cluster with it.")
public final class SnapshotCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** {@code quorate snapshot save FILE}. */
    @Command(
            name = "save",
            mixinStandardHelpOptions = true,
            description = "Has the server make a snapshot and writes it to FILE, which appears when it is complete. A"
                    + " server that makes another one is asked again for a minute; one that gives nothing is left for"
                    + " the next of --endpoints.")
    public static final class Save implements Callable<Integer> {
        private static final Duration BUSY_MAX = Duration.ofMinutes(1);
        private static final Duration BUSY_PAUSE = Duration.ofMillis(500);
        private static final String BUSY = " is busy with another snapshot";

        private final Terminal terminal;

        @Mixin
        private ClientOptions client = new ClientOptions();

        @Mixin
        private OutputOptions output = new OutputOptions();

        @Parameters(index = "0", paramLabel = "FILE", description = "Where to write the snapshot.")
        private Path file = Path.of("");

        @Option(names = "--overwrite", description = "Replace FILE when it exists.")
        private boolean overwrite;

        public Save(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            if (Files.exists(file) && !overwrite) {
                throw new CommandFailedException(file + " exists; --overwrite replaces it");
            }
            Saved saved = save();
            terminal.line(output.json() ? saved.json(file) : saved.sentence(file));
            return 0;
        }

        private record Saved(long bytes, long revision, String sha256) {
            String sentence(Path file) {
                return "Snapshot of revision " + revision + " saved at " + file + " (" + Table.bytes(bytes)
                        + ", sha256 " + sha256 + ")";
            }

            String json(Path file) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("file", file.toString());
                fields.put("bytes", bytes);
                fields.put("revision", revision);
                fields.put("sha256", sha256);
                return WireJson.ofFields(fields);
            }
        }

        /** Saves what the first server gives. One that has sent nothing yet can be left for the next. */
        private Saved save() {
            long busyUntil = System.nanoTime() + BUSY_MAX.toNanos();
            Set<String> failures = new LinkedHashSet<>();
            for (Endpoint endpoint : client.endpoints()) {
                Connection server;
                try {
                    server = client.connectTo(endpoint);
                } catch (CommandFailedException unreachable) {
                    failures.add(unreachable.getMessage());
                    continue;
                }
                try (server) {
                    return saveWhenFree(server, busyUntil);
                } catch (StatusRuntimeException refused) {
                    failures.add(reason(server, refused.getStatus()));
                }
            }
            throw new CommandFailedException(String.join("; ", failures));
        }

        private Saved saveWhenFree(Connection server, long busyUntil) {
            boolean told = false;
            while (true) {
                try {
                    return save(server);
                } catch (StatusRuntimeException refused) {
                    if (!isBusy(refused.getStatus()) || System.nanoTime() - busyUntil >= 0) {
                        throw refused;
                    }
                }
                if (!told) {
                    terminal.note(server.endpoint() + BUSY + "; it is asked again for up to a minute");
                    told = true;
                }
                pause();
            }
        }

        /** A server makes one snapshot at a time, and sends a few. */
        private static boolean isBusy(Status status) {
            String said = status.getDescription();
            return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                    && said != null
                    && said.contains("too many requests");
        }

        /** What a status means, with the server that said it. */
        private static String reason(Connection server, Status status) {
            String endpoint = server.endpoint().toString();
            if (isBusy(status)) {
                return endpoint + BUSY;
            }
            String explained = server.explain(status);
            return explained.contains(endpoint) ? explained : endpoint + ": " + explained;
        }

        private static void pause() {
            try {
                Thread.sleep(BUSY_PAUSE.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted");
            }
        }

        /**
         * Saves what this server gives.
         *
         * @throws StatusRuntimeException when it refused before it sent anything
         */
        private Saved save(Connection server) {
            Path absolute = file.toAbsolutePath();
            Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
            try {
                Saved saved = receive(server, part);
                move(part, absolute);
                return saved;
            } catch (IOException unwritable) {
                throw new CommandFailedException("cannot write " + file + ": " + reason(unwritable));
            } finally {
                deleteQuietly(part);
            }
        }

        private Saved receive(Connection server, Path part) throws IOException {
            MessageDigest digest = sha256();
            byte[] last = new byte[0];
            long bytes = 0;
            long revision = 0;
            long remaining = -1;
            byte[] sha256;
            try (FileChannel out = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                Iterator<SnapshotResponse> pieces =
                        server.withoutDeadline().snapshot(SnapshotRequest.getDefaultInstance());
                while (pieces.hasNext()) {
                    SnapshotResponse piece = pieces.next();
                    byte[] blob = piece.getBlob().toByteArray();
                    // The last piece is the checksum of all before it, which only the end of the stream tells.
                    digest.update(last);
                    last = blob;
                    ByteBuffer buffer = ByteBuffer.wrap(blob);
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                    bytes += blob.length;
                    revision = piece.getHeader().getRevision();
                    remaining = piece.getRemainingBytes();
                }
                if (remaining != 0) {
                    throw new CommandFailedException(
                            server.endpoint() + " ended the snapshot before its end; nothing was saved");
                }
                sha256 = digest.digest();
                if (!Arrays.equals(sha256, last)) {
                    throw new CommandFailedException("the snapshot from " + server.endpoint()
                            + " does not match its checksum; nothing was saved");
                }
                out.force(true);
            } catch (StatusRuntimeException failed) {
                if (bytes == 0) {
                    throw failed;
                }
                throw new CommandFailedException(reason(server, failed.getStatus()) + "; nothing was saved");
            }
            return new Saved(bytes, revision, HexFormat.of().formatHex(sha256));
        }

        private void move(Path part, Path target) throws IOException {
            if (overwrite) {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            }
            try {
                Files.move(part, target);
            } catch (FileAlreadyExistsException raced) {
                throw new CommandFailedException(file + " exists; --overwrite replaces it");
            }
        }

        private static void deleteQuietly(Path part) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException stays) {
                // The failure that led here says more than this one.
                part.toFile().deleteOnExit();
            }
        }

        private static String reason(IOException failure) {
            String kind = failure.getClass().getSimpleName();
            String message = failure.getMessage() == null ? "" : failure.getMessage();
            return kind.equals("IOException") ? message : kind.replace("Exception", "") + " " + message;
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }
    }
}
