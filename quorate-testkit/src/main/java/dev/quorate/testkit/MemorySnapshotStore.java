package dev.quorate.testkit;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChunkOutOfRangeException;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotNotFoundException;
import dev.quorate.spi.SnapshotStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Snapshots in memory, with the life of files: a restart keeps the finished and the partial ones. Any thread. */
public final class MemorySnapshotStore implements SnapshotStore {
    private static final String PREFIX = "snapshot-";
    private static final String SUFFIX = ".snap";
    private static final Comparator<LogId> BY_INDEX =
            Comparator.comparingLong(LogId::index).thenComparingLong(LogId::term);

    private final Map<LogId, Stored> finished = new TreeMap<>(BY_INDEX);
    private final Map<LogId, Integer> readers = new HashMap<>();
    private @Nullable Received partial;

    private record Stored(SnapshotMetadata metadata, Bytes content) {
        boolean isValid() {
            return content.length() == metadata.sizeBytes() && sha256(content).equals(metadata.checksum());
        }
    }

    /** The chunks of the partial snapshot so far. */
    private static final class Received {
        private final SnapshotMetadata metadata;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private int chunks;

        Received(SnapshotMetadata metadata) {
            this.metadata = metadata;
        }
    }

    /** A store without snapshots. */
    public MemorySnapshotStore() {}

    /**
     * What a restart finds: finished snapshots, the damaged ones too, and the partial one. Readers and writers are
     * gone.
     */
    public synchronized MemorySnapshotStore reopen() {
        MemorySnapshotStore next = new MemorySnapshotStore();
        next.finished.putAll(finished);
        next.partial = partial;
        return next;
    }

    /** Flips a bit in the middle of the content of a snapshot; it must not be empty. */
    public synchronized void damage(SnapshotMetadata metadata) {
        Stored stored = finished.get(metadata.lastIncluded());
        if (stored == null) {
            throw new IllegalArgumentException("no snapshot at " + metadata.lastIncluded());
        }
        byte[] content = stored.content().toByteArray();
        content[content.length / 2] ^= 1;
        finished.put(metadata.lastIncluded(), new Stored(stored.metadata(), Bytes.wrap(content)));
    }

    @Override
    public Path directory() {
        return Path.of("memory");
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public synchronized Optional<SnapshotMetadata> latest() {
        List<SnapshotMetadata> all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    @Override
    public synchronized List<SnapshotMetadata> all() {
        return finished.values().stream()
                .filter(Stored::isValid)
                .map(Stored::metadata)
                .toList();
    }

    @Override
    public Path pathOf(SnapshotMetadata metadata) {
        LogId id = metadata.lastIncluded();
        return directory().resolve(String.format("%s%016x-%016x%s", PREFIX, id.index(), id.term(), SUFFIX));
    }

    @Override
    public Writer begin(LogId lastIncluded, long timeMillis, Membership membership, Bytes stateDigest, int chunkBytes) {
        return new MemoryWriter(lastIncluded, timeMillis, membership, stateDigest, chunkBytes);
    }

    @Override
    public synchronized Reader open(SnapshotMetadata metadata) {
        Stored stored = finished.get(metadata.lastIncluded());
        if (stored == null) {
            throw new SnapshotNotFoundException("no snapshot at " + metadata.lastIncluded());
        }
        if (!stored.metadata().equals(metadata) || !stored.isValid()) {
            throw new CorruptSnapshotException("the snapshot at " + metadata.lastIncluded() + " is another one");
        }
        readers.merge(metadata.lastIncluded(), 1, Integer::sum);
        return new MemoryReader(stored);
    }

    @Override
    public synchronized Partial receive(SnapshotMetadata metadata) {
        Received received = partial;
        if (received == null || !received.metadata.equals(metadata)) {
            received = new Received(metadata);
            partial = received;
        }
        return new MemoryPartial(received);
    }

    @Override
    public synchronized List<SnapshotMetadata> cleanup(long beforeIndex, Path directory, String prefix) {
        if (!directory.equals(directory())) {
            return List.of();
        }
        Optional<SnapshotMetadata> newest = latest();
        List<SnapshotMetadata> deleted = new ArrayList<>();
        for (SnapshotMetadata metadata : all()) {
            LogId id = metadata.lastIncluded();
            String name = String.valueOf(pathOf(metadata).getFileName());
            if (id.index() < beforeIndex
                    && name.startsWith(prefix)
                    && !newest.equals(Optional.of(metadata))
                    && !readers.containsKey(id)) {
                finished.remove(id);
                deleted.add(metadata);
            }
        }
        return deleted;
    }

    @Override
    public void close() {}

    private synchronized void finish(SnapshotMetadata metadata, Bytes content) {
        finished.put(metadata.lastIncluded(), new Stored(metadata, content));
    }

    private synchronized void unpin(LogId id) {
        readers.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
    }

    private synchronized void forget(Received received) {
        if (partial == received) {
            partial = null;
        }
    }

    private static Bytes sha256(Bytes content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(content.asByteBuffer());
            return Bytes.wrap(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private final class MemoryWriter implements Writer {
        private final LogId lastIncluded;
        private final long timeMillis;
        private final Membership membership;
        private final Bytes stateDigest;
        private final int chunkBytes;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        MemoryWriter(LogId lastIncluded, long timeMillis, Membership membership, Bytes stateDigest, int chunkBytes) {
            this.lastIncluded = lastIncluded;
            this.timeMillis = timeMillis;
            this.membership = membership;
            this.stateDigest = stateDigest;
            this.chunkBytes = chunkBytes;
        }

        @Override
        public OutputStream content() {
            return content;
        }

        @Override
        public SnapshotMetadata commit() {
            Bytes bytes = Bytes.wrap(content.toByteArray());
            SnapshotMetadata metadata = new SnapshotMetadata(
                    lastIncluded, timeMillis, membership, stateDigest, bytes.length(), chunkBytes, sha256(bytes));
            finish(metadata, bytes);
            return metadata;
        }

        @Override
        public void close() {}
    }

    private final class MemoryReader implements Reader {
        private final Stored stored;
        private boolean open = true;

        MemoryReader(Stored stored) {
            this.stored = stored;
        }

        @Override
        public SnapshotMetadata metadata() {
            return stored.metadata();
        }

        @Override
        public Bytes chunk(int seq) {
            SnapshotMetadata metadata = stored.metadata();
            if (seq < 0 || seq >= metadata.totalChunks()) {
                throw new ChunkOutOfRangeException(seq, metadata.totalChunks());
            }
            int from = seq * metadata.chunkBytes();
            return stored.content().slice(from, from + metadata.chunkLength(seq));
        }

        @Override
        public InputStream content() {
            return new ByteArrayInputStream(stored.content().toByteArray());
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                unpin(stored.metadata().lastIncluded());
            }
        }
    }

    private final class MemoryPartial implements Partial {
        private final Received received;

        MemoryPartial(Received received) {
            this.received = received;
        }

        @Override
        public SnapshotMetadata metadata() {
            return received.metadata;
        }

        @Override
        public int nextSeq() {
            return received.chunks;
        }

        @Override
        public void add(Bytes chunk) throws IOException {
            int seq = received.chunks;
            if (seq >= metadata().totalChunks() || chunk.length() != metadata().chunkLength(seq)) {
                throw new IllegalArgumentException("chunk " + seq + " with " + chunk.length() + " bytes");
            }
            chunk.writeTo(received.content);
            received.chunks++;
        }

        @Override
        public void commit() {
            Bytes bytes = Bytes.wrap(received.content.toByteArray());
            forget(received);
            if (!new Stored(metadata(), bytes).isValid()) {
                throw new CorruptSnapshotException(
                        "what was received is not the snapshot at " + metadata().lastIncluded());
            }
            finish(metadata(), bytes);
        }

        @Override
        public void discard() {
            forget(received);
        }

        @Override
        public void close() {}
    }
}
