package dev.quorate.engine;

import dev.quorate.proofs.Interleavings;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Whoever raises, publishes and looks, in whatever steps: a pair of indexes that was there at one moment. */
final class AppliedIndexInterleavingsTest {
    @Test
    void thePendingRangeIsAPairThatDidExist() {
        Interleavings.search(3, 2, 6, 150)
                .addCustomScenario(Interleavings.scenario(
                        Subject.class, List.of("raise 1"), List.of("pendingRange"), List.of("publish 1", "raise 3")))
                .sequentialSpecification(Model.class)
                .check(Subject.class);
    }

    /** What is tested. */
    @Param(name = "index", gen = IntGen.class, conf = "1:3")
    public static final class Subject {
        private final AppliedIndex indexes = new AppliedIndex(0);

        @Operation
        public void raise(@Param(name = "index") int index) {
            indexes.raisePending(index);
        }

        @Operation(nonParallelGroup = "apply")
        public boolean publish(@Param(name = "index") int index) {
            boolean may = index > indexes.applied() && index <= indexes.pending();
            if (may) {
                indexes.publish(index);
            }
            return may;
        }

        @Operation
        public long applied() {
            return indexes.applied();
        }

        @Operation
        public String pendingRange() {
            return indexes.pendingRange()
                    .map(range -> range.first() + " to " + range.last())
                    .orElse("nothing");
        }
    }

    /** What it must be like. */
    public static final class Model {
        private long pending;
        private long applied;

        public void raise(int index) {
            pending = Math.max(pending, index);
        }

        public boolean publish(int index) {
            boolean may = index > applied && index <= pending;
            applied = may ? index : applied;
            return may;
        }

        public long applied() {
            return applied;
        }

        public String pendingRange() {
            return pending > applied ? applied + 1 + " to " + pending : "nothing";
        }
    }
}
