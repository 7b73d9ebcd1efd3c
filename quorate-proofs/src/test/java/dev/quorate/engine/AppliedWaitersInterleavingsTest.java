package dev.quorate.engine;

import dev.quorate.proofs.Interleavings;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Waiters that come while the index moves, or while the node stops: none is forgotten. */
final class AppliedWaitersInterleavingsTest {
    @Test
    void noWakeUpIsLostAndNoPlaceIsKept() {
        Interleavings.search(2, 2, 8, 150)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                ConcurrentSkipListMap.class.getName(),
                                CopyOnWriteArrayList.class.getName(),
                                CompletableFuture.class.getName())
                        .allMethods()
                        .treatAsAtomic())
                .check(Subject.class);
    }

    private record Waiting(long target, CompletableFuture<Void> future) {}

    /** What is tested. */
    @Param(name = "index", gen = IntGen.class, conf = "1:3")
    public static final class Subject {
        private final AppliedIndex index = new AppliedIndex(0);
        private final AppliedWaiters waiters = new AppliedWaiters(index, 10, new ManualClock(), new NoTime());
        private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
        private volatile boolean closed;

        @Operation
        public void await(@Param(name = "index") int target) {
            waiting.add(new Waiting(target, waiters.await(target, Duration.ofSeconds(1))));
        }

        @Operation(nonParallelGroup = "apply")
        public void apply(@Param(name = "index") int to) {
            if (to > index.applied()) {
                index.raisePending(to);
                index.publish(to);
                waiters.advance();
            }
        }

        @Operation(nonParallelGroup = "apply")
        public void close() {
            waiters.close(() -> new NodeStoppedException("stopped"));
            closed = true;
        }

        /** After all of it: who is due is done, who is not due waits, and as many are counted. */
        @Validate
        public void nobodyIsForgotten() {
            long open = waiting.stream().filter(one -> !one.future().isDone()).count();
            boolean due = waiting.stream()
                    .anyMatch(one -> !one.future().isDone() && (closed || one.target() <= index.applied()));
            if (due || open != waiters.count()) {
                throw new IllegalStateException(waiting + ", applied " + index.applied() + ", " + waiters.count());
            }
        }
    }

    /** A cycle on which no time passes. */
    private static final class NoTime implements Cycle {
        @Override
        public void execute(Runnable work) {
            throw new UnsupportedOperationException("no work is left for a cycle without time");
        }

        @Override
        public Timer schedule(long atNanos, Runnable work) {
            return () -> {};
        }

        @Override
        public boolean isCurrent() {
            return false;
        }
    }
}
