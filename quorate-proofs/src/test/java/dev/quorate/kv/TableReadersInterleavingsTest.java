package dev.quorate.kv;

import dev.quorate.proofs.Interleavings;
import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Readers of the table beside its writer, without a lock: each sees one published state, whole, or is told to go. */
final class TableReadersInterleavingsTest {
    private static final Bytes A = Bytes.utf8("a");
    private static final Bytes B = Bytes.utf8("b");
    private static final int REVISIONS = 100;

    @Test
    void aReaderSeesOnePublishedState() {
        Interleavings.search(2, 3, 3, 100)
                .addCustomScenario(Interleavings.scenario(
                        Subject.class, List.of("put", "put"), List.of("older 1"), List.of("compactAndFree")))
                .addCustomScenario(Interleavings.scenario(
                        Subject.class, List.of("put"), List.of("newest", "older 1"), List.of("delete", "put")))
                .sequentialSpecification(Model.class)
                .check(Subject.class);
    }

    /** What is tested: each transaction writes both keys, or deletes both. */
    @Param(name = "back", gen = IntGen.class, conf = "0:3")
    public static final class Subject {
        private final MemoryTable table = new MemoryTable();
        /** By revision: what both keys were then. */
        private final AtomicReferenceArray<String> written = new AtomicReferenceArray<>(REVISIONS);

        private long revision = 1;
        private long compacted;
        private boolean there;

        /** Nothing is written at revision 1. */
        public Subject() {
            written.set(1, "");
        }

        @Operation(nonParallelGroup = "apply")
        public void put() {
            revision++;
            written.set((int) revision, "r" + revision);
            for (Bytes key : List.of(A, B)) {
                table.put(new KvPair(key, revision, revision, 1, Bytes.utf8("r" + revision), 0));
            }
            table.publish(revision);
            there = true;
            table.drainChanges(change -> {});
        }

        @Operation(nonParallelGroup = "apply")
        public void delete() {
            if (there) {
                revision++;
                written.set((int) revision, "");
                table.delete(A, revision);
                table.delete(B, revision);
                table.publish(revision);
                there = false;
                table.drainChanges(change -> {});
            }
        }

        @Operation(nonParallelGroup = "apply")
        public void compactAndFree() {
            if (revision > compacted) {
                compacted = revision;
                table.compact(revision);
                table.publish(revision);
                table.drainChanges(change -> {});
                table.reclaim(8);
            }
        }

        /** The newest published state, seen key by key and as a list. */
        @Operation
        public String newest() {
            for (KvTable.View view = table.published(); ; view = table.published()) {
                String seen = seen(view, view.revision());
                if (view.isIntact(view.revision())) {
                    return view.revision() + " " + seen;
                }
            }
        }

        /** An older state: what was written then, unless it is freed. */
        @Operation
        public boolean older(@Param(name = "back") int back) {
            KvTable.View view = table.published();
            long at = Math.max(1, view.revision() - back);
            String seen = seen(view, at);
            return !view.isIntact(at) || seen.equals(written.get((int) at));
        }

        private static String seen(KvTable.View view, long at) {
            String a = value(view.at(A, at));
            String b = value(view.at(B, at));
            List<String> all = new ArrayList<>();
            view.scan(KeyRange.from(A), at, pair -> all.add(value(pair)));
            boolean same = a.equals(b) && all.equals(a.isEmpty() ? List.of() : List.of(a, b));
            return same ? a : "torn: " + a + ", " + b + ", " + all;
        }

        private static String value(@Nullable KvPair pair) {
            return pair == null ? "" : pair.value().toUtf8();
        }
    }

    /** What it must be like. */
    public static final class Model {
        private long revision = 1;
        private String value = "";

        public void put() {
            revision++;
            value = "r" + revision;
        }

        public void delete() {
            if (!value.isEmpty()) {
                revision++;
                value = "";
            }
        }

        public void compactAndFree() {}

        public String newest() {
            return revision + " " + value;
        }

        public boolean older(int back) {
            return true;
        }
    }
}
