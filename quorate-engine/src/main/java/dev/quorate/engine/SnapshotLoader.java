package dev.quorate.engine;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChunkOutOfRangeException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.StorageFailedException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads finished snapshots chunk by chunk, on BULK. A stream holds its file open from its first to its last chunk,
 * which keeps it from being cleaned up, and holds no more than one chunk in memory.
 */
final class SnapshotLoader {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLoader.class);

    private final HandlerEnvironment node;
    private final SnapshotStore snapshots;
    private final ReadGate gate;

    SnapshotLoader(HandlerEnvironment node, SnapshotStore snapshots, ReadGate gate) {
        this.node = node;
        this.snapshots = snapshots;
        this.gate = gate;
    }

    /** Checks that the snapshot is there; each subscriber then gets the whole of it. */
    CompletableFuture<Flow.Publisher<SnapshotChunk>> stream(SnapshotMetadata metadata) {
        CompletableFuture<Flow.Publisher<SnapshotChunk>> result = new CompletableFuture<>();
        node.bulk().execute(() -> {
            try {
                open(metadata).close();
                result.complete(subscriber -> node.bulk().execute(() -> subscribe(metadata, subscriber)));
            } catch (IOException | QuorateException e) {
                result.completeExceptionally(failure(metadata, e));
            }
        });
        return result;
    }

    /** One chunk, self-contained: it carries the metadata. */
    CompletableFuture<SnapshotChunk> chunk(SnapshotMetadata metadata, int seq) {
        if (seq < 0 || seq >= metadata.totalChunks()) {
            return CompletableFuture.failedFuture(new ChunkOutOfRangeException(seq, metadata.totalChunks()));
        }
        CompletableFuture<SnapshotChunk> result = new CompletableFuture<>();
        node.bulk().execute(() -> {
            try (SnapshotStore.Reader reader = open(metadata)) {
                result.complete(read(reader, seq, true));
            } catch (IOException | QuorateException e) {
                result.completeExceptionally(failure(metadata, e));
            }
        });
        return result;
    }

    /** CRC-32C over the data of a chunk. */
    static int crc32c(Bytes data) {
        CRC32C crc = new CRC32C();
        crc.update(data.asByteBuffer());
        return (int) crc.getValue();
    }

    private SnapshotStore.Reader open(SnapshotMetadata metadata) throws IOException {
        String quarantine = gate.quarantine();
        if (quarantine != null) {
            throw new ReadUnavailableException(
                    "a state that differs from the cluster's is not passed on: " + quarantine);
        }
        return snapshots.open(metadata);
    }

    private SnapshotChunk read(SnapshotStore.Reader reader, int seq, boolean withMetadata) throws IOException {
        Bytes data = reader.chunk(seq);
        SnapshotMetadata metadata = reader.metadata();
        return new SnapshotChunk(
                node.currentTerm().getAsLong(),
                node.self(),
                seq,
                metadata.totalChunks(),
                crc32c(data),
                withMetadata ? Optional.of(metadata) : Optional.empty(),
                data);
    }

    private static QuorateException failure(SnapshotMetadata metadata, Exception cause) {
        return cause instanceof QuorateException known
                ? known
                : new StorageFailedException(
                        "snapshot " + metadata.lastIncluded() + " cannot be read: " + cause, cause);
    }

    private void subscribe(SnapshotMetadata metadata, Flow.Subscriber<? super SnapshotChunk> subscriber) {
        Stream stream = new Stream(metadata, subscriber);
        try {
            stream.reader = open(metadata);
        } catch (IOException | QuorateException e) {
            stream.ended = true;
            subscriber.onSubscribe(stream);
            subscriber.onError(failure(metadata, e));
            return;
        }
        subscriber.onSubscribe(stream);
    }

    /** One subscriber's way through a snapshot. Demand comes from any thread, everything else happens on BULK. */
    private final class Stream implements Flow.Subscription, Runnable {
        private final SnapshotMetadata metadata;
        private final Flow.Subscriber<? super SnapshotChunk> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private SnapshotStore.@Nullable Reader reader;
        private int next;
        private volatile boolean ended;

        private Stream(SnapshotMetadata metadata, Flow.Subscriber<? super SnapshotChunk> subscriber) {
            this.metadata = metadata;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long chunks) {
            if (chunks <= 0) {
                node.bulk().execute(() -> fail(new IllegalArgumentException("a demand of " + chunks + " chunks")));
            } else if (demand.getAndAccumulate(chunks, Stream::sum) == 0) {
                node.bulk().execute(this);
            }
        }

        @Override
        public void cancel() {
            ended = true;
            node.bulk().execute(this::close);
        }

        /** Gives one chunk, and comes again while more are demanded. */
        @Override
        public void run() {
            SnapshotStore.Reader open = reader;
            if (ended || open == null) {
                return;
            }
            SnapshotChunk chunk;
            try {
                chunk = read(open, next, next == 0);
            } catch (IOException | QuorateException e) {
                fail(failure(metadata, e));
                return;
            }
            next++;
            boolean last = next == chunk.totalChunks();
            if (last) {
                close();
            }
            subscriber.onNext(chunk);
            if (last && !ended) {
                ended = true;
                subscriber.onComplete();
            } else if (!last && demand.decrementAndGet() > 0) {
                node.bulk().execute(this);
            }
        }

        private void fail(Throwable cause) {
            close();
            if (!ended) {
                ended = true;
                subscriber.onError(cause);
            }
        }

        private void close() {
            SnapshotStore.Reader open = reader;
            reader = null;
            if (open != null) {
                try {
                    open.close();
                } catch (IOException e) {
                    LOG.warn(
                            "snapshot file not closed node={} lastIncluded={}",
                            node.self(),
                            metadata.lastIncluded(),
                            e);
                }
            }
        }

        private static long sum(long a, long b) {
            long sum = a + b;
            return sum < 0 ? Long.MAX_VALUE : sum;
        }
    }
}
