package dev.quorate.benchmarks.subjects;

import dev.quorate.benchmarks.load.Operation;
import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The floor: as many files as there would be nodes, each with a writer that syncs whatever has gathered, and a write
 * that counts when a majority of the files has it. No consensus, no log structure, no state machine, no messages: what
 * is left of a replicated write when everything but its durability is taken away.
 */
public final class GroupCommit implements Subject {
    private final List<FloorWriter> writers;
    private final List<Map<Bytes, Bytes>> found = new ArrayList<>();

    private GroupCommit(List<FloorWriter> writers) {
        this.writers = writers;
    }

    /** Opens files of fixed size, which are written once before. */
    public static SubjectFactory factory(int valueBytes) {
        return new Factory(valueBytes);
    }

    @Override
    public boolean offers(Operation operation) {
        return operation == Operation.PUT;
    }

    @Override
    public CompletableFuture<?> put(Bytes key, Bytes value) {
        PendingWrite write = new PendingWrite(key, value, writers.size() / 2 + 1);
        for (FloorWriter writer : writers) {
            writer.add(write);
        }
        return write.written();
    }

    @Override
    public CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how) {
        throw new UnsupportedOperationException("the floor knows writes only");
    }

    @Override
    public long forces() {
        return writers.stream().mapToLong(writer -> writer.file().forces()).sum();
    }

    @Override
    public int replicas() {
        return writers.size();
    }

    @Override
    public void settle() {
        Polling.until("the floor writes what is left", () -> writers.stream().allMatch(FloorWriter::isIdle));
        found.clear();
        try {
            for (FloorWriter writer : writers) {
                found.add(writer.file().scan());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Bytes> stored(int replica, Bytes key) {
        return Optional.ofNullable(found.get(replica).get(key));
    }

    @Override
    public void close() {
        writers.forEach(FloorWriter::close);
    }

    private static final class Factory implements SubjectFactory {
        private final int valueBytes;

        Factory(int valueBytes) {
            this.valueBytes = valueBytes;
        }

        @Override
        public String name() {
            return "floor";
        }

        @Override
        public String description() {
            return "one file a node with group commit and a majority of syncs, without consensus";
        }

        @Override
        public boolean offersNodes(int nodes) {
            return nodes >= 1;
        }

        @Override
        public Subject open(Path directory, int nodes) throws IOException {
            Files.createDirectories(directory);
            List<FloorWriter> writers = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                writers.add(FloorWriter.on(RecordRing.open(directory.resolve("file-" + i), valueBytes)));
            }
            return new GroupCommit(List.copyOf(writers));
        }
    }
}
