package dev.quorate.benchmarks.micro;

import dev.quorate.raft.EntrySizes;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
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
 * The protocol core at the leader: a batch of entries proposed, durable here, acknowledged by every follower, committed
 * and applied. With three nodes that is five steps: propose, persisted, two acknowledgements, applied.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class CoreBenchmark {
    /** The number of nodes. */
    @Param({"1", "3", "5"})
    public int nodes;

    /** The entries of a batch. */
    @Param({"1", "64", "1000"})
    public int batch;

    private ScriptedLeader leader = new ScriptedLeader(1);
    private EntrySizes sizes = EntrySizes.NONE;

    /** Elects the leader. */
    @Setup
    public void elect() {
        leader = new ScriptedLeader(nodes);
        int[] bytes = new int[batch];
        Arrays.fill(bytes, 256);
        sizes = EntrySizes.of(bytes);
    }

    /** One batch, from the proposal to the apply. */
    @Benchmark
    public long replicate() {
        return leader.replicate(sizes);
    }
}
