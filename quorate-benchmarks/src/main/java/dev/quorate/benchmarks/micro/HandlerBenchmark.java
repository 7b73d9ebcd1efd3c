package dev.quorate.benchmarks.micro;

import dev.quorate.benchmarks.subjects.MapMachine;
import dev.quorate.engine.ApplyResult;
import dev.quorate.engine.BareHandler;
import dev.quorate.engine.StateMachineHandler;
import dev.quorate.kv.Commands;
import dev.quorate.kv.CompactRequest;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.kv.PutRequest;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.StateMachine;
import dev.quorate.testkit.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Entries applied through the handler, in chunks. The time is that of a chunk, the making of its entries (two small
 * objects each) included. Keys of 8 bytes, values of 256; the store compacts after every 200,000 puts.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class HandlerBenchmark {
    private static final int KEYS = 1 << 16;
    private static final int VALUE_BYTES = 256;
    private static final int COMPACT_PUTS = 200_000;

    /** What is applied to: {@code nothing}, a hash {@code map}, the {@code kv} store. */
    @Param({"nothing", "map", "kv"})
    public String machine = "nothing";

    /** The entries of a chunk. */
    @Param({"1", "64", "4096"})
    public int chunk;

    private final List<Bytes> payloads = new ArrayList<>(KEYS);
    private @Nullable StateMachineHandler handler;
    private long index;

    /** Makes the handler and the commands. */
    @Setup
    public void open() throws IOException {
        NodeId self = NodeId.of(1);
        handler = BareHandler.over(
                stateMachine(), new MemoryStorage().open(new NodeIdentity(1, self), Membership.ofVoters(self)));
        for (int i = 0; i < KEYS; i++) {
            Bytes key = Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(0, i));
            Bytes value = Bytes.copyOf(ByteBuffer.allocate(VALUE_BYTES).putLong(0, i));
            payloads.add(
                    machine.equals("kv") ? Commands.of(PutRequest.of(key, value)) : MapMachine.command(key, value));
        }
    }

    /** One chunk. */
    @Benchmark
    public List<ApplyResult> applyChunk() {
        List<Entry> entries = new ArrayList<>(chunk);
        for (int i = 0; i < chunk; i++) {
            index++;
            entries.add(new Entry(new LogId(1, index), EntryKind.COMMAND, payload(), index));
        }
        if (handler == null) {
            throw new IllegalStateException("not open");
        }
        handler.updatePending(index);
        return handler.applyChunk(entries).join();
    }

    private Bytes payload() {
        if (machine.equals("kv") && index % COMPACT_PUTS == 0) {
            return Commands.of(new CompactRequest(index - COMPACT_PUTS / 2, false));
        }
        return payloads.get((int) (index & (KEYS - 1)));
    }

    private StateMachine stateMachine() {
        return switch (machine) {
            case "nothing" -> new Ignoring();
            case "map" -> new MapMachine();
            case "kv" -> new KvStateMachine();
            default -> throw new IllegalArgumentException("unknown state machine " + machine);
        };
    }
}
