package dev.quorate.sim.mutants;

import dev.quorate.sim.faults.Profile;
import java.util.ArrayList;
import java.util.List;

/** Bugs in the log and the snapshots on disk. */
final class StorageMutants {
    private static final String AT = "quorate-wal/src/main/java/dev/quorate/wal/";

    private StorageMutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        all.addAll(first());
        all.addAll(second());
        return all;
    }

    private static List<Mutant> first() {
        return List.of(
                new Mutant(
                        "sync-forgets-buffer",
                        "A sync forces the file before the buffer is written.",
                        AT + "SegmentWriter.java",
                        "        flush();\n" + "        segment.file().force();",
                        "        segment.file().force();\n" + "        flush();"),
                new Mutant(
                        "no-force",
                        "A sync writes and does not force.",
                        AT + "SegmentWriter.java",
                        "        segment.file().force();\n" + "        durable = bufferAt;",
                        "        durable = bufferAt;"),
                new Mutant(
                        "payload-unchecked",
                        "The checksum of a payload is not compared.",
                        AT + "SegmentScan.java",
                        "|| !RecordFormat.isPayload(window, at(end), crc)) {",
                        "|| header.recordBytes() < 0) {"),
                new Mutant(
                                "earlier-use-counts",
                                "Records of an earlier use of a segment count: neither the salt of the use nor the link"
                                        + " to the record before is compared.",
                                AT + "Segment.java",
                                "this.salt = RecordFormat.salt(epoch);",
                                "this.salt = RecordFormat.salt(1);")
                        .and(
                                AT + "SegmentScan.java",
                                "if ((linkKnown && header.link() != link)",
                                "if ((linkKnown && header.link() != link && link == 0)"),
                new Mutant(
                                "unproven-trusted",
                                "What a start reads is not written again, though it may never have reached the disk.",
                                AT + "LogRecovery.java",
                                "        writeAgain(unproven);\n",
                                "        unproven.segment();\n")
                        .in(Profile.DISKS),
                new Mutant(
                        "hard-state-from-start",
                        "The term and vote of the first segment are not replaced by later ones.",
                        AT + "LogState.java",
                        "case HARD_STATE -> saveHardState(RecordFormat.hardState(header.term(), payload));",
                        "case HARD_STATE -> check(started, segment, offset, \"no start\");"),
                new Mutant(
                        "truncate-not-replayed",
                        "A truncation is not read again at the next start.",
                        AT + "LogState.java",
                        "truncateFrom(header.index());",
                        "index.next();"),
                new Mutant(
                        "snapshot-name-not-forced",
                        "The name of a finished snapshot is not made durable.",
                        AT + "SnapshotWriter.java",
                        "        disk.forceDirectory(store.directory());\n" + "        committed = true;",
                        "        committed = true;"));
    }

    private static List<Mutant> second() {
        return List.of(
                new Mutant(
                        "snapshot-not-forced",
                        "A snapshot is renamed before its content is durable.",
                        AT + "SnapshotWriter.java",
                        "        file.force();\n" + "        closed = true;",
                        "        closed = true;"),
                new Mutant(
                                "manifest-after-segments",
                                "Old segments are given back before the manifest forgets them.",
                                AT + "SegmentedLog.java",
                                "            manifest.update(manifest.state().withFirst(first));\n"
                                        + "            allocator.release(free);",
                                "            allocator.release(free);\n"
                                        + "            manifest.update(manifest.state().withFirst(first));")
                        .in(Profile.DISKS),
                new Mutant(
                                "tail-not-settled",
                                "After a start the log goes on without marking where it was cut.",
                                AT + "LogRecovery.java",
                                "            log.markOpened();\n",
                                "            log.recovered();\n")
                        .in(Profile.DISKS));
    }
}
