package dev.quorate.benchmarks.micro;

import dev.quorate.kv.Commands;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.kv.PutRequest;
import dev.quorate.kv.RangeRequest;
import dev.quorate.kv.RangeResponse;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.KeyValue;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reads of the store's published state, by one thread and by two: a key drawn at random, and a range of 100 keys from
 * one. Keys of 8 bytes, values of 256.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
public class StoreReadBenchmark {
    private static final int VALUE_BYTES = 256;
    private static final int RANGE_KEYS = 100;
    private static final int CHUNK = 4096;

    /** A store with so many keys. */
    @State(Scope.Benchmark)
    public static class Store {
        /** The number of keys. */
        @Param({"1000", "100000", "1000000"})
        public int keys;

        private final KvStateMachine machine = new KvStateMachine();

        /** Writes every key once. */
        @Setup
        public void fill() {
            for (int i = 0; i < keys; i++) {
                Bytes value = Bytes.copyOf(ByteBuffer.allocate(VALUE_BYTES).putInt(0, i));
                LogId id = new LogId(1, i + 1L);
                machine.apply(new Entry(id, EntryKind.COMMAND, Commands.of(PutRequest.of(key(i), value)), 1));
                if (i % CHUNK == CHUNK - 1 || i == keys - 1) {
                    machine.chunkApplied(id);
                    machine.chunkPublished(id);
                }
            }
        }
    }

    /** Who reads. */
    @State(Scope.Thread)
    public static class Reader {
        private static final AtomicInteger SEEDS = new AtomicInteger();

        private final SplittableRandom random = new SplittableRandom(SEEDS.incrementAndGet());
    }

    /** A key. */
    @Benchmark
    @Threads(1)
    public Optional<List<KeyValue>> get1Thread(Store store, Reader reader) {
        return store.machine.read(List.of(key(reader.random.nextInt(store.keys))));
    }

    /** A key. */
    @Benchmark
    @Threads(2)
    public Optional<List<KeyValue>> get2Threads(Store store, Reader reader) {
        return store.machine.read(List.of(key(reader.random.nextInt(store.keys))));
    }

    /** A range of 100 keys. */
    @Benchmark
    @Threads(1)
    public RangeResponse range1Thread(Store store, Reader reader) {
        return range(store, reader);
    }

    /** A range of 100 keys. */
    @Benchmark
    @Threads(2)
    public RangeResponse range2Threads(Store store, Reader reader) {
        return range(store, reader);
    }

    private static RangeResponse range(Store store, Reader reader) {
        int from = reader.random.nextInt(store.keys - RANGE_KEYS);
        return store.machine.range(RangeRequest.of(KeyRange.between(key(from), key(from + RANGE_KEYS))));
    }

    private static Bytes key(int number) {
        return Bytes.wrap(new byte[] {
            0, 0, 0, 0, (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
        });
    }
}
