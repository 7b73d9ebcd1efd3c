package dev.quorate.benchmarks.micro;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The log against the disk under it: how long one durable append takes, of one entry and of as many as gather while a
 * sync runs, and what of that the bare sync is. Entries of 256 bytes.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LogBenchmark {
    private static final int ENTRY_BYTES = 256;
    private static final int GATHERED = 64;

    /** The log of one node on a real disk, purged as it grows so that its segments are used again. */
    @State(Scope.Thread)
    public static class Log {
        private static final int KEPT = 100_000;

        private final Bytes payload = Bytes.wrap(new byte[ENTRY_BYTES]);
        private @Nullable Path directory;
        private @Nullable OpenStorage storage;
        private @Nullable RaftLog log;
        private long index;

        /** Opens it. */
        @Setup
        public void open() throws IOException {
            directory = Scratch.directory();
            NodeId self = NodeId.of(1);
            storage = FileStorage.in(directory.resolve("node"))
                    .open(new NodeIdentity(1, self), Membership.ofVoters(self));
            log = storage.log();
        }

        /** Closes and deletes it. */
        @TearDown
        public void close() throws IOException {
            if (storage != null && directory != null) {
                storage.close();
                Scratch.delete(directory);
            }
        }

        void append(int count) throws IOException {
            List<Entry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                entries.add(new Entry(new LogId(1, ++index), EntryKind.COMMAND, payload, index));
            }
            log().append(entries);
        }

        void sync() throws IOException {
            RaftLog present = log();
            present.sync();
            if (index - present.purged().index() > 2 * KEPT) {
                present.purge(new LogId(1, index - KEPT));
            }
        }

        private RaftLog log() {
            if (log == null) {
                throw new IllegalStateException("not open");
            }
            return log;
        }
    }

    /** A file that was written before, for blocks of 4 KiB. */
    @State(Scope.Thread)
    public static class RawFile {
        private static final int BLOCK_BYTES = 4096;
        private static final int BLOCKS = 4096;

        private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        private @Nullable Path directory;
        private @Nullable FileChannel channel;
        private int next;

        /** Writes every block once. */
        @Setup
        public void open() throws IOException {
            directory = Scratch.directory();
            channel =
                    FileChannel.open(directory.resolve("raw"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            for (int i = 0; i < BLOCKS; i++) {
                write();
            }
            channel.force(true);
        }

        /** Closes and deletes it. */
        @TearDown
        public void close() throws IOException {
            if (channel != null && directory != null) {
                channel.close();
                Scratch.delete(directory);
            }
        }

        void write() throws IOException {
            if (channel != null) {
                channel.write(block.clear().putInt(0, next), (long) (next % BLOCKS) * BLOCK_BYTES);
                next++;
            }
        }

        void sync() throws IOException {
            if (channel != null) {
                channel.force(false);
            }
        }
    }

    /** The disk: one block overwritten and synced. */
    @Benchmark
    public void rawSync(RawFile file) throws IOException {
        file.write();
        file.sync();
    }

    /** One entry, durable. */
    @Benchmark
    public void appendAndSyncOne(Log log) throws IOException {
        log.append(1);
        log.sync();
    }

    /** What 64 callers get for one sync. */
    @Benchmark
    public void appendAndSync64(Log log) throws IOException {
        log.append(GATHERED);
        log.sync();
    }

    /** What 1000 callers get for one sync. */
    @Benchmark
    public void appendAndSync1000(Log log) throws IOException {
        log.append(1000);
        log.sync();
    }
}
