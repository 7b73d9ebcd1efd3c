package dev.quorate.engine;

import dev.quorate.proofs.Interleavings;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Producers and the consumer of an inbox, whatever their steps: it is a queue that can be closed. */
final class InboxInterleavingsTest {
    @Test
    void anInboxIsAQueueOfManyProducersAndOneConsumer() {
        Interleavings.search(3, 2, 8, 200).sequentialSpecification(Model.class).check(Subject.class);
    }

    private static final class Numbered extends Inbox.Item {
        private final int value;

        Numbered(int value) {
            this.value = value;
        }
    }

    /** What is tested. */
    @Param(name = "value", gen = IntGen.class, conf = "1:9")
    public static final class Subject {
        private final Inbox inbox = new Inbox();

        @Operation
        public boolean offer(@Param(name = "value") int value) {
            return inbox.offer(new Numbered(value));
        }

        @Operation(nonParallelGroup = "consumer")
        public List<Integer> drain() {
            return values(inbox.drain());
        }

        @Operation(nonParallelGroup = "consumer")
        public List<Integer> close() {
            return values(inbox.drainAndClose());
        }

        private static List<Integer> values(Inbox.@Nullable Item first) {
            List<Integer> values = new ArrayList<>();
            for (Inbox.Item item = first; item != null; item = Inbox.following(item)) {
                values.add(((Numbered) item).value);
            }
            return values;
        }
    }

    /** What it must be like. */
    public static final class Model {
        private final List<Integer> queue = new ArrayList<>();
        private boolean closed;

        public boolean offer(int value) {
            return !closed && queue.add(value);
        }

        public List<Integer> drain() {
            List<Integer> all = List.copyOf(queue);
            queue.clear();
            return all;
        }

        public List<Integer> close() {
            closed = true;
            return drain();
        }
    }
}
