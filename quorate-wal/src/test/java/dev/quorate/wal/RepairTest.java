package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Rejoin;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.testkit.SimDisk;
import dev.quorate.wal.LogSurgery.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a data directory makes of damage: it keeps what is whole, sets the rest aside, and says what is lost. */
class RepairTest {
    private static final NodeIdentity IDENTITY = new NodeIdentity(0xC1, NodeId.of(1));
    private static final Membership THREE = Membership.ofVoters(NodeId.of(1), NodeId.of(2), NodeId.of(3));
    private static final Membership ALONE = Membership.ofVoters(NodeId.of(1));
    private static final WalOptions SMALL = new WalOptions(8 << 10, 4 << 10, 4 << 10, 4 << 10, 1);
    private static final Path DATA = Path.of("data");
    private static final HardState VOTE = new HardState(9, Optional.of(NodeId.of(3)));
    private static final long PURGED = 20;
    private static final long LAST = 60;

    private SimDisk disk = new SimDisk(1);
    private FileStorage storage = FileStorage.in(DATA, disk, SMALL);

    @Test
    void everyFlippedBitIsHarmlessOrRepairedAndNothingIsForged() throws IOException {
        fill(THREE);
        Map<Path, Bytes> whole = LogFixture.contents(disk);
        Map<String, Integer> repairs = new TreeMap<>();
        int seen = 0;
        for (Map.Entry<Path, Bytes> file : whole.entrySet()) {
            for (long at = seen % 5; at < file.getValue().length(); at += 5) {
                disk = diskOf(whole);
                storage = FileStorage.in(DATA, disk, SMALL);
                disk.flipBit(file.getKey(), at * 8 + at % 8);
                Bytes rotten = disk.content(file.getKey());
                String where = file.getKey() + " at " + at;
                try (OpenStorage open = storage.open(IDENTITY, THREE)) {
                    checkWhole(open, where);
                } catch (CorruptLogException e) {
                    repairs.merge(regionOf(file.getKey()), 1, Integer::sum);
                    checkRepaired(where, file.getKey(), rotten);
                }
                seen++;
            }
        }
        assertThat(repairs).containsKeys("segment", "snapshot").doesNotContainKeys("IDENTITY", "VOTE");
        assertThat(seen).isGreaterThan(5_000);
    }

    @Test
    void aLostSnapshotMakesWayForAnOlderOneThatTheLogReaches() throws IOException {
        try (OpenStorage open = storage.open(IDENTITY, THREE)) {
            open.rejoined();
            open.log().append(LogFixture.entries(1, 1, LAST, 100));
            open.log().sync();
            snapshot(open, 10, THREE);
            snapshot(open, 30, THREE);
            open.log().purge(new LogId(1, 10));
        }
        disk.flipBit(DATA.resolve("snapshots/snapshot-000000000000001e-0000000000000001.snap"), 800);
        try (OpenStorage open = storage.open(IDENTITY, THREE)) {
            assertThat(open.snapshots().latest().orElseThrow().lastIncluded()).isEqualTo(new LogId(1, 10));
            assertThat(open.rejoin()).isEqualTo(Rejoin.NOT_NEEDED);
            assertThat(open.findings()).singleElement().asString().contains("000000000000001e");
        }
    }

    @Test
    void aNodeAloneIsToldWhatIsLostAndNothingIsTouched() throws IOException {
        fill(ALONE);
        disk.flipBit(DATA.resolve("log/0000000000000003.segment"), 8 * 1000);
        Map<Path, Bytes> before = LogFixture.contents(disk);
        assertThatThrownBy(() -> storage.repair(IDENTITY, ALONE))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("0000000000000003.segment")
                .hasMessageMatching(".*entries (\\d+) to " + LAST + " are lost or lie behind the damage.*")
                .hasMessageContaining("no other member");
        assertThat(LogFixture.contents(disk)).isEqualTo(before);
    }

    @Test
    void anOperatorGivesUpExactlyWhatIsLost() throws IOException {
        fill(ALONE);
        disk.flipBit(DATA.resolve("log/0000000000000003.segment"), 8 * 1000);
        Map<Path, Bytes> damaged = LogFixture.contents(disk);
        long kept;
        try (LogSurgery surgery = LogSurgery.of(disk, DATA)) {
            Diagnosis found = surgery.diagnose().orElseThrow();
            kept = found.firstLost() - 1;
            assertThat(found.alone()).isTrue();
            assertThat(found.lastSeen()).isEqualTo(LAST);
            assertThat(found.lost()).isEqualTo(LAST - kept).isPositive();
            Diagnosis other = new Diagnosis(found.what(), found.firstLost() + 1, found.lastSeen(), true);
            assertThatThrownBy(() -> surgery.cut(other)).isInstanceOf(IllegalArgumentException.class);
            assertThat(disk.exists(DATA.resolve("damaged"))).isFalse();

            assertThat(surgery.cut(found)).isEqualTo(DATA.resolve("damaged/1"));
            assertThat(surgery.diagnose()).isEmpty();
        }
        assertThat(aside()).isEqualTo(damagedLog(damaged));
        try (OpenStorage open = storage.open(IDENTITY, ALONE)) {
            assertThat(open.rejoin()).isEqualTo(Rejoin.NOT_NEEDED);
            assertThat(open.log().recovered().hardState()).isEqualTo(new HardState(10, Optional.empty()));
            assertThat(read(open)).isEqualTo(expected(PURGED + 1, kept));
        }
    }

    @Test
    void noOperatorCutsTheLogOfAMemberThatOthersCanRepair() throws IOException {
        fill(THREE);
        disk.flipBit(DATA.resolve("log/0000000000000003.segment"), 8 * 1000);
        Map<Path, Bytes> damaged = LogFixture.contents(disk);
        try (LogSurgery surgery = LogSurgery.of(disk, DATA)) {
            Diagnosis found = surgery.diagnose().orElseThrow();
            assertThat(found.alone()).isFalse();
            assertThatThrownBy(() -> surgery.cut(found)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(LogFixture.contents(disk)).isEqualTo(damaged);
    }

    @Test
    void aLostEndIsSeenByTheSecondCopyOfTheVote() throws IOException {
        OpenStorage running = storage.open(IDENTITY, THREE);
        running.rejoined();
        running.log().append(LogFixture.entries(1, 1, 3, 10));
        running.log().sync();
        running.log().saveHardState(VOTE);
        running.log().sync();
        disk.crash(SimDisk.Survival.NONE);
        flipLastRecord(DATA.resolve("log/0000000000000001.segment"));

        assertThatThrownBy(() -> storage.open(IDENTITY, THREE))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("term 9 and voted for node 3");
        try (OpenStorage repaired = storage.repair(IDENTITY, THREE)) {
            assertThat(repaired.rejoin()).isEqualTo(Rejoin.entriesLost(10));
            assertThat(repaired.log().last()).isEqualTo(new LogId(1, 3));
        }
    }

    @Test
    void whenBothCopiesAreGoneTheVoteIsLost() throws IOException {
        fill(THREE);
        disk.flipBit(DATA.resolve("log/0000000000000003.segment"), 8 * 1000);
        disk.flipBit(DATA.resolve("log/VOTE"), 8 * 20);
        try (OpenStorage repaired = storage.repair(IDENTITY, THREE)) {
            assertThat(repaired.rejoin()).isEqualTo(Rejoin.VOTE_LOST);
        }
    }

    @Test
    void whoDoesNotKnowItsVoteDoesNotKnowItAfterAnotherLoss() throws IOException {
        fill(THREE);
        RejoinMark.firstStart().write(disk, DATA);
        disk.flipBit(DATA.resolve("log/0000000000000003.segment"), 8 * 1000);
        try (OpenStorage repaired = storage.repair(IDENTITY, THREE)) {
            assertThat(repaired.rejoin()).isEqualTo(Rejoin.VOTE_LOST);
        }
    }

    @Test
    void aDamagedMarkSaysTheWorst() throws IOException {
        storage.open(IDENTITY, THREE).close();
        long bits = disk.content(DATA.resolve(RejoinMark.NAME)).length() * 8L;
        for (long bit = 0; bit < bits; bit++) {
            disk.flipBit(DATA.resolve(RejoinMark.NAME), bit);
            try (OpenStorage open = storage.open(IDENTITY, THREE)) {
                assertThat(open.rejoin()).as("bit %d", bit).isEqualTo(Rejoin.VOTE_LOST);
            }
            disk.flipBit(DATA.resolve(RejoinMark.NAME), bit);
        }
    }

    @Test
    void aRepairIsFinishedByWhoeverOpensNext() throws IOException {
        fill(THREE);
        disk.flipBit(DATA.resolve("log/0000000000000003.segment"), 8 * 1000);
        Map<Path, Bytes> damaged = LogFixture.contents(disk);
        long kept = repairedLast();
        int crashes = 0;
        for (long operations = 1; ; operations++) {
            disk = diskOf(damaged);
            storage = FileStorage.in(DATA, disk, SMALL);
            disk.crashAfter(operations);
            try {
                storage.repair(IDENTITY, THREE).close();
                break;
            } catch (IOException crashed) {
                assertThat(disk.isDown()).as("%s", crashed).isTrue();
                disk.crash();
                crashes++;
            }
            try (OpenStorage repaired = storage.repair(IDENTITY, THREE)) {
                assertThat(repaired.log().last().index())
                        .as("after %d", operations)
                        .isEqualTo(kept);
                assertThat(repaired.rejoin()).isEqualTo(Rejoin.entriesLost(10));
                assertThat(aside()).isEqualTo(damagedLog(damaged));
            }
        }
        assertThat(crashes).isGreaterThan(30);
    }

    /** A node that has voted, with two snapshots, the newest of them needed, and a log in several segments. */
    private void fill(Membership members) throws IOException {
        try (OpenStorage open = storage.open(IDENTITY, members)) {
            open.rejoined();
            open.log().append(LogFixture.entries(1, 1, 40, 200));
            open.log().sync();
            snapshot(open, 5, members);
            snapshot(open, PURGED, members);
            open.log().purge(new LogId(1, PURGED));
            open.log().saveHardState(VOTE);
            open.log().append(LogFixture.entries(9, 41, LAST, 200));
            open.log().sync();
        }
    }

    private static void snapshot(OpenStorage open, long index, Membership members) throws IOException {
        SnapshotStore store = open.snapshots();
        try (SnapshotStore.Writer writer = store.begin(new LogId(1, index), 7, members, Bytes.EMPTY, 64)) {
            writer.content().write(new byte[200]);
            writer.commit();
        }
    }

    private static void checkWhole(OpenStorage open, String where) throws IOException {
        assertThat(open.rejoin()).as(where).isEqualTo(Rejoin.NOT_NEEDED);
        assertThat(open.log().recovered().hardState()).as(where).isEqualTo(VOTE);
        assertThat(read(open)).as(where).isEqualTo(expected(PURGED + 1, LAST));
        assertThat(open.snapshots().latest().map(SnapshotMetadata::lastIncluded))
                .as(where)
                .contains(new LogId(1, PURGED));
    }

    private void checkRepaired(String where, Path file, Bytes rotten) throws IOException {
        try (OpenStorage open = storage.repair(IDENTITY, THREE)) {
            assertThat(open.rejoin()).as(where).isEqualTo(Rejoin.entriesLost(10));
            assertThat(open.log().recovered().hardState()).as(where).isEqualTo(new HardState(10, Optional.empty()));
            long base = open.snapshots().latest().orElseThrow().lastIncluded().index();
            assertThat(open.log().purged().index()).as(where).isLessThanOrEqualTo(base);
            List<Entry> left = read(open);
            long first = open.log().purged().index() + 1;
            assertThat(left).as(where).isEqualTo(expected(first, first + left.size() - 1));
            assertThat(open.findings()).as(where).isNotEmpty();
        }
        Path evidence = DATA.resolve("damaged/1").resolve(String.valueOf(file.getFileName()));
        assertThat(disk.content(evidence)).as(where).isEqualTo(rotten);
    }

    private long repairedLast() throws IOException {
        try (OpenStorage repaired = storage.repair(IDENTITY, THREE)) {
            return repaired.log().last().index();
        }
    }

    private Map<String, Bytes> aside() throws IOException {
        Map<String, Bytes> found = new TreeMap<>();
        for (String name : disk.list(DATA.resolve("damaged/1"))) {
            found.put(name, disk.content(DATA.resolve("damaged/1").resolve(name)));
        }
        return found;
    }

    private static Map<String, Bytes> damagedLog(Map<Path, Bytes> contents) {
        Map<String, Bytes> found = new TreeMap<>();
        contents.forEach((path, content) -> {
            if (path.startsWith(DATA.resolve("log"))) {
                found.put(String.valueOf(path.getFileName()), content);
            }
        });
        return found;
    }

    private void flipLastRecord(Path segment) throws IOException {
        Bytes content = disk.content(segment);
        long last = content.length() - 1L;
        while (content.at((int) last) == 0) {
            last--;
        }
        disk.flipBit(segment, last * 8);
    }

    private static List<Entry> read(OpenStorage open) throws IOException {
        return open.log().read(open.log().purged().index() + 1, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private static List<Entry> expected(long first, long last) {
        List<Entry> all = new ArrayList<>();
        if (first <= Math.min(last, 40)) {
            all.addAll(LogFixture.entries(1, first, Math.min(last, 40), 200));
        }
        if (last > 40) {
            all.addAll(LogFixture.entries(9, Math.max(first, 41), last, 200));
        }
        return all;
    }

    private static SimDisk diskOf(Map<Path, Bytes> contents) throws IOException {
        SimDisk disk = LogFixture.diskOf(Map.of());
        disk.createDirectories(DATA.resolve("snapshots"));
        for (Map.Entry<Path, Bytes> each : contents.entrySet()) {
            try (DiskFile file = disk.open(each.getKey(), Open.CREATE)) {
                file.write(each.getValue().asByteBuffer(), 0);
                file.force();
            }
        }
        for (String directory : List.of("data", "data/log", "data/snapshots")) {
            disk.forceDirectory(Path.of(directory));
        }
        return disk;
    }

    private static String regionOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".segment") ? "segment" : name.endsWith(".snap") ? "snapshot" : name;
    }
}
