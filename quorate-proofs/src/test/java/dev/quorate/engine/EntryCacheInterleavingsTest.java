package dev.quorate.engine;

import dev.quorate.proofs.Interleavings;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** A reader beside the writer of the cache: what it is given are the entries that it asked for, or fewer. */
final class EntryCacheInterleavingsTest {
    @Test
    void aReaderIsGivenWhatItAskedForOrNothing() {
        Interleavings.search(2, 3, 8, 200).sequentialSpecification(Model.class).check(Subject.class);
    }

    /** What is tested. */
    @Param(name = "index", gen = IntGen.class, conf = "1:6")
    public static final class Subject {
        private final EntryCache cache = new EntryCache(2, 1 << 20, 0);
        private volatile int term = 1;

        @Operation(nonParallelGroup = "loop")
        public void append() {
            long index = cache.last() + 1;
            cache.append(new Entry(new LogId(term, index), EntryKind.COMMAND, Bytes.utf8("e" + index), index));
        }

        @Operation(nonParallelGroup = "loop")
        public void persist() {
            cache.persistedTo(cache.last());
        }

        @Operation(nonParallelGroup = "loop")
        public void resetTo(@Param(name = "index") int index) {
            cache.resetTo(Math.max(index, cache.last()));
        }

        @Operation
        public boolean read(@Param(name = "index") int from) {
            List<Entry> entries = cache.range(from, from + 2, 3, 1 << 10);
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                if (entry == null
                        || entry.index() != from + i
                        || !entry.payload().equals(Bytes.utf8("e" + entry.index()))) {
                    return false;
                }
            }
            return entries.size() <= 3;
        }
    }

    /** What it must be like. */
    public static final class Model {
        public void append() {}

        public void persist() {}

        public void resetTo(int index) {}

        public boolean read(int from) {
            return true;
        }
    }
}
