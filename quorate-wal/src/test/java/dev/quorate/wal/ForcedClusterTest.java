package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Rejoin;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.testkit.SimDisk;
import dev.quorate.wal.ForcedCluster.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The last node of a cluster begins a new one, on a disk that loses power and rots. */
class ForcedClusterTest {
    private static final Path DATA = Path.of("data");
    private static final WalOptions SMALL = new WalOptions(16 << 10, 4 << 10, 4 << 10, 4 << 10, 2);
    private static final NodeId SELF = NodeId.of(1);
    private static final NodeIdentity FORMER = new NodeIdentity(0xC1, SELF);
    private static final NodeIdentity NEXT = new NodeIdentity(0xC2, SELF);
    private static final Membership THREE =
            Membership.ofVoters(Map.of(SELF, "http://h1:1;name=a", NodeId.of(2), "http://h2:1", NodeId.of(3), ""));
    private static final Membership ALONE = Membership.ofVoters(Map.of(SELF, "http://h1:1;name=a"));
    private static final int SEEDS = 400;

    private SimDisk disk = new SimDisk(1);

    @Test
    void everyEntryIsKeptAndOneMoreMakesTheNodeTheOnlyMember() throws IOException {
        fill(THREE);
        Outcome outcome = forced().force(0xC2).orElseThrow();
        assertThat(outcome).isEqualTo(new Outcome(FORMER, NEXT, THREE, new LogId(4, 6)));
        assertThat(FileStorage.in(DATA, disk, SMALL).identity()).contains(NEXT);
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(NEXT, Membership.NONE)) {
            assertThat(open.bootstrap()).isEqualTo(ALONE);
            assertThat(open.rejoin()).as("nobody is left to ask").isEqualTo(Rejoin.NOT_NEEDED);
            assertThat(open.log().recovered().hardState()).isEqualTo(new HardState(5, Optional.empty()));
            List<Entry> entries = open.log().read(1, 7, 1 << 20);
            assertThat(entries.subList(0, 6)).isEqualTo(entries(THREE));
            assertThat(entries.get(6))
                    .isEqualTo(new Entry(new LogId(5, 7), EntryKind.MEMBERSHIP, MembershipFormat.encode(ALONE), 6_000));
        }
        assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(FORMER, Membership.NONE))
                .isInstanceOf(ForeignDirectoryException.class);
    }

    @Test
    void whateverACrashLeavesIsFinishedOrWasNotBegun() throws IOException {
        int finished = 0;
        int untouched = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            disk = new SimDisk(seed);
            fill(THREE);
            disk.crashAfter(1 + seed % 100);
            boolean done = tryForce();
            disk.crash();
            // A second crash, in what the first one left to do.
            disk.crashAfter(1 + seed % 37);
            tryFinish();
            disk.crash();
            boolean begun = disk.exists(DATA.resolve(ForcedCluster.FORCING));
            if (begun) {
                NodeIdentity who = FileStorage.in(DATA, disk, SMALL).identity().orElseThrow();
                assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(who, Membership.NONE))
                        .isInstanceOf(ForeignDirectoryException.class)
                        .hasMessageContaining("start it with --force-new-cluster");
            }
            assertThat(forced().finish().isPresent()).isEqualTo(begun);
            NodeIdentity identity = FileStorage.in(DATA, disk, SMALL).identity().orElseThrow();
            boolean isNew = identity.equals(NEXT);
            assertThat(isNew || !done)
                    .as("seed %d: it was said to be done", seed)
                    .isTrue();
            assertThat(forced().isForced()).as("seed %d", seed).isEqualTo(isNew);
            try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(identity, Membership.NONE)) {
                assertThat(open.log().last().index()).as("seed %d", seed).isEqualTo(isNew ? 7 : 6);
                assertThat(open.log().read(1, 6, 1 << 20)).as("seed %d", seed).isEqualTo(entries(THREE));
            }
            finished += isNew ? 1 : 0;
            untouched += isNew ? 0 : 1;
        }
        assertThat(finished).isPositive();
        assertThat(untouched).isPositive();
    }

    @Test
    void theNewIdentityIsKnownThoughItsFileRotsBeforeTheNextStart() throws IOException {
        fill(THREE);
        forced().force(0xC2);
        disk.flipBit(DATA.resolve(FileStorage.IDENTITY), 100);
        assertThat(FileStorage.in(DATA, disk, SMALL).identity()).contains(NEXT);
    }

    @Test
    void aNodeThatIsAloneIsLeftAsItIs() throws IOException {
        fill(THREE);
        forced().force(0xC2);
        assertThat(forced().isForced()).isTrue();
        forced().forget();
        assertThat(forced().isForced()).isFalse();
        assertThat(forced().force(0xC3)).isEmpty();
        assertThat(FileStorage.in(DATA, disk, SMALL).identity()).contains(NEXT);
    }

    @Test
    void aNodeThatWasRemovedBeginsNothing() throws IOException {
        fill(Membership.ofVoters(NodeId.of(2), NodeId.of(3)));
        refused("is no member of the cluster that it knows");
    }

    @Test
    void aNodeWhoseStateIsNotTheClustersBeginsNothing() throws IOException {
        fill(THREE);
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(FORMER, THREE)) {
            open.quarantine("the digest differs");
        }
        refused("the digest differs");
    }

    @Test
    void aDirectoryWithoutDataIsRefused() {
        assertThatThrownBy(() -> forced().force(0xC2))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("no data of Quorate in data");
    }

    @Test
    void aSnapshotWhoseInstallWasCutOffTakesThePlaceOfTheLog() throws IOException {
        fill(THREE);
        Membership two = Membership.ofVoters(SELF, NodeId.of(9));
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(FORMER, THREE);
                SnapshotStore.Writer writer = open.snapshots().begin(new LogId(9, 50), 70_000, two, Bytes.EMPTY, 512)) {
            writer.content().write(new byte[10]);
            writer.commit();
        }
        Outcome outcome = forced().force(0xC2).orElseThrow();
        assertThat(outcome.last()).isEqualTo(new LogId(9, 50));
        assertThat(outcome.members()).isEqualTo(two);
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(NEXT, Membership.NONE)) {
            assertThat(open.log().purged()).isEqualTo(new LogId(9, 50));
            assertThat(open.log().last()).isEqualTo(new LogId(10, 51));
            assertThat(open.log().recovered().lastTimeMillis()).isEqualTo(70_000);
        }
    }

    @Test
    void whatIsDamagedIsGivenUp() throws IOException {
        fill(THREE);
        Path segment = DATA.resolve(FileStorage.LOG)
                .resolve(disk.list(DATA.resolve(FileStorage.LOG)).stream()
                        .filter(name -> !name.equals("MANIFEST") && !name.equals("VOTE"))
                        .findFirst()
                        .orElseThrow());
        corrupt(segment, Bytes.utf8("write 5"));
        Outcome outcome = forced().force(0xC2).orElseThrow();
        assertThat(outcome.last().index()).isBetween(1L, 5L);
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(NEXT, Membership.NONE)) {
            assertThat(open.log().last().index()).isEqualTo(outcome.last().index() + 1);
            assertThat(open.findings()).isEmpty();
        }
        assertThat(disk.list(DATA.resolve("damaged").resolve("1"))).isNotEmpty();
    }

    private void refused(String why) throws IOException {
        List<String> before = disk.list(DATA);
        assertThatThrownBy(() -> forced().force(0xC2))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining(why);
        assertThat(disk.list(DATA)).isEqualTo(before);
        assertThat(FileStorage.in(DATA, disk, SMALL).identity()).contains(FORMER);
    }

    private ForcedCluster forced() {
        return new ForcedCluster(disk, DATA, SMALL);
    }

    private boolean tryForce() {
        try {
            return forced().force(0xC2).isPresent();
        } catch (IOException crashed) {
            return false;
        }
    }

    private void tryFinish() {
        try {
            var unused = forced().finish();
        } catch (IOException crashed) {
            // The next attempt goes on.
        }
    }

    /** A node with six entries, the third of which brings this membership. */
    private void fill(Membership membership) throws IOException {
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(FORMER, THREE)) {
            open.log().saveHardState(new HardState(4, Optional.of(NodeId.of(2))));
            open.log().append(entries(membership));
            open.log().sync();
        }
    }

    private static List<Entry> entries(Membership membership) {
        return List.of(
                entry(1, EntryKind.NO_OP, Bytes.EMPTY),
                entry(2, EntryKind.COMMAND, Bytes.utf8("write 2")),
                entry(3, EntryKind.MEMBERSHIP, MembershipFormat.encode(membership)),
                entry(4, EntryKind.COMMAND, Bytes.utf8("write 4")),
                entry(5, EntryKind.COMMAND, Bytes.utf8("write 5")),
                entry(6, EntryKind.COMMAND, Bytes.utf8("write 6")));
    }

    private static Entry entry(long index, EntryKind kind, Bytes payload) {
        return new Entry(new LogId(index < 4 ? 2 : 4, index), kind, payload, index * 1000);
    }

    /** Changes one byte of what a file holds in this place. */
    private void corrupt(Path path, Bytes place) throws IOException {
        try (DiskFile file = disk.open(path, Open.WRITE)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.read(all, 0);
            int at = indexOf(all.array(), place.toByteArray());
            file.write(ByteBuffer.wrap(new byte[] {'X'}), at);
            file.force();
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at <= all.length - part.length; at++) {
            int same = 0;
            while (same < part.length && all[at + same] == part[same]) {
                same++;
            }
            if (same == part.length) {
                return at;
            }
        }
        throw new IllegalArgumentException("not in the file");
    }
}
