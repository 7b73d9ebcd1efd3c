package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.testkit.RegisterMachine;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks that rot at rest: among others a node repairs itself from them, alone it says what it has lost. */
final class DamageTest {
    private static final int SEEDS = 8;
    private static final int HEADER_BYTES = 64;
    private static final NodeOptions OFTEN = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.logSize(20, 1 << 20))
            .withRetainedEntries(5)
            .withSnapshotTransfer(new SnapshotConfig(4096, Duration.ofSeconds(2), 3, 2, 0));

    /** A part of what lies on a disk. */
    enum Region {
        IDENTITY("IDENTITY", 0, 1),
        VOTE("VOTE", 0, 1),
        MANIFEST("MANIFEST", 0, 1),
        SEGMENT_HEADER(".segment", 0, 0),
        RECORDS(".segment", 0.01, 1),
        SNAPSHOT_CONTENT(".snap", 0, 0.5),
        SNAPSHOT_FOOTER(".snap", 0.9, 1);

        final String nameEnd;
        final double from;
        final double to;

        Region(String nameEnd, double from, double to) {
            this.nameEnd = nameEnd;
            this.from = from;
            this.to = to;
        }

        /** Flips some bits in it; false when there is nothing of it on the disk. */
        boolean rot(SimDisk disk, Random random) throws IOException {
            List<Path> files = disk.files().stream()
                    .filter(file -> String.valueOf(file.getFileName()).endsWith(nameEnd))
                    .filter(file -> !file.toString().contains("damaged"))
                    .toList();
            if (files.isEmpty()) {
                return false;
            }
            Path file = files.get(random.nextInt(files.size()));
            long bytes = disk.content(file).length();
            long first = (long) (bytes * from);
            long room = Math.max(HEADER_BYTES, (long) (bytes * to) - first);
            for (int i = 0; i < 3; i++) {
                disk.flipBit(file, 8 * Math.min(bytes - 1, first + random.nextLong(room)) + random.nextInt(8));
            }
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(Region.class)
    void whatRotsOnOneOfThreeDisksIsRepairedFromTheOthers(Region region) throws IOException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SteppedCluster cluster = filled(seed, 3);
            SteppedCluster.Member victim = cluster.member(1 + cluster.random.nextInt(3));
            cluster.restart(victim);
            cluster.settle();
            Optional<String> before = value(victim);
            cluster.crash(victim);
            assertThat(region.rot(disk(victim), cluster.random)).isTrue();
            cluster.start(victim);
            propose(cluster, 100, 20);
            cluster.runUntil(
                    "whole again",
                    () -> cluster.members().stream()
                            .noneMatch(member -> member.status().rejoining()));
            cluster.settle();
            for (SteppedCluster.Member member : cluster.members()) {
                assertThat(value(member)).as("seed %d", seed).isEqualTo(Optional.of(tokens(0, 120)));
            }
            assertThat(before).isEqualTo(Optional.of(tokens(0, 100)));
            // Its word counts again: with one other node it is a quorum.
            cluster.crash(cluster.members().stream()
                    .filter(member -> member != victim)
                    .findFirst()
                    .orElseThrow());
            propose(cluster, 120, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Region.class)
    void aNodeAloneComesBackWholeOrNotAtAll(Region region) throws IOException {
        int refused = 0;
        for (long seed = 1; seed <= 2 * SEEDS; seed++) {
            SteppedCluster cluster = filled(seed, 1);
            SteppedCluster.Member alone = cluster.member(1);
            cluster.restart(alone);
            cluster.settle();
            cluster.crash(alone);
            region.rot(disk(alone), cluster.random);
            Map<Path, Bytes> rotten = contents(disk(alone));
            try {
                cluster.start(alone);
                cluster.settle();
                assertThat(value(alone)).as("seed %d", seed).isEqualTo(Optional.of(tokens(0, 100)));
            } catch (StorageFailedException e) {
                refused++;
                assertThat(e).hasMessageContaining("damaged").hasMessageContaining("no other member has them");
                disk(alone).crash();
                assertThat(contents(disk(alone))).as("seed %d", seed).isEqualTo(rotten);
            }
        }
        boolean hasCopies = region == Region.IDENTITY || region == Region.VOTE || region == Region.MANIFEST;
        assertThat(refused > 0).as("%d refused", refused).isEqualTo(!hasCopies);
    }

    @Test
    void aWipedDiskIsNoVoteUntilTheNodeHasWhatItHad() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SteppedCluster cluster = filled(seed, 3);
            cluster.settle();
            SteppedCluster.Member wiped = cluster.member(1 + cluster.random.nextInt(3));
            SteppedCluster.Member other = cluster.members().stream()
                    .filter(member -> member != wiped)
                    .findFirst()
                    .orElseThrow();
            cluster.crash(wiped);
            cluster.crash(other);
            ((DiskTestStorage) wiped.storage).wipe(seed);
            cluster.start(wiped);
            cluster.runFor(Duration.ofSeconds(20));
            assertThat(wiped.status().rejoining()).as("while one is missing").isTrue();
            assertThat(cluster.leader())
                    .as("seed %d: two of three, but one knows nothing", seed)
                    .isEmpty();

            cluster.start(other);
            propose(cluster, 100, 5);
            cluster.runUntil("whole again", () -> !wiped.status().rejoining());
            cluster.settle();
            assertThat(value(wiped)).isEqualTo(Optional.of(tokens(0, 105)));
        }
    }

    @Test
    void damageThatIsFoundByAReadHaltsTheNodeAndIsRepairedByItsNextStart() throws IOException {
        NodeOptions forgetful = NodeOptions.DEFAULTS.withLimits(NodeOptions.Limits.DEFAULTS.withCache(2, 200));
        SteppedCluster cluster =
                new SteppedCluster(7, 3, forgetful, i -> new DiskTestStorage(700 + i), i -> new RegisterMachine());
        cluster.awaitLeader();
        propose(cluster, 0, 60);
        cluster.settle();
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member late = cluster.members().stream()
                .filter(member -> member != leader)
                .findFirst()
                .orElseThrow();
        cluster.crash(late);
        propose(cluster, 60, 40);
        for (Path file : disk(leader).files()) {
            if (file.toString().endsWith(".segment")) {
                disk(leader).failReads(file, 0, disk(leader).content(file).length());
            }
        }
        cluster.start(late);
        cluster.runUntil("the leader halts", () -> leader.status().halted().isPresent());
        assertThat(leader.status().halted().orElseThrow()).contains("cannot be read");

        cluster.restart(leader);
        cluster.runUntil(
                "whole again",
                () -> cluster.members().stream()
                        .noneMatch(member -> member.status().rejoining()));
        propose(cluster, 100, 1);
        cluster.settle();
        for (SteppedCluster.Member member : cluster.members()) {
            assertThat(value(member)).isEqualTo(Optional.of(tokens(0, 101)));
        }
    }

    /** Found by the simulator: an older snapshot was sent again and again, which the log no longer follows. */
    @Test
    void aLeaderWhoseNewestSnapshotRottedMakesANewOneForWhomItsLogDoesNotReach() throws IOException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            long disks = seed * 100;
            SteppedCluster cluster =
                    new SteppedCluster(seed, 3, OFTEN, i -> new DiskTestStorage(disks + i), i -> new RegisterMachine());
            cluster.awaitLeader();
            propose(cluster, 0, 10);
            SteppedCluster.Member leader = cluster.awaitLeader();
            SteppedCluster.Member late = cluster.members().stream()
                    .filter(member -> member != leader)
                    .findFirst()
                    .orElseThrow();
            cluster.crash(late);
            cluster.runUntil(
                    "nobody keeps the log for it",
                    () -> leader.status().peers().entrySet().stream()
                            .noneMatch(peer -> peer.getKey().equals(late.id)
                                    && peer.getValue().recentlyActive()));
            propose(cluster, 10, 90);
            cluster.runFor(Duration.ofSeconds(1));
            assertThat(leader.status().purged().index())
                    .as("its log ends before the leader's begins")
                    .isGreaterThan(12);
            List<Path> snapshots = disk(leader).files().stream()
                    .filter(file -> file.toString().endsWith(".snap"))
                    .sorted()
                    .toList();
            assertThat(snapshots).as("an older one is there, and whole").hasSizeGreaterThan(1);
            Path newest = snapshots.get(snapshots.size() - 1);
            disk(leader).flipBit(newest, 8L * (disk(leader).content(newest).length() / 3));

            cluster.start(late);
            cluster.settle();
            assertThat(value(late)).as("seed %d", seed).isEqualTo(Optional.of(tokens(0, 100)));
        }
    }

    /** A cluster that has taken a hundred tokens, with snapshots and purges on the way. */
    private static SteppedCluster filled(long seed, int nodes) {
        SteppedCluster cluster = new SteppedCluster(
                seed, nodes, OFTEN, i -> new DiskTestStorage(seed * 100 + i), i -> new RegisterMachine());
        cluster.awaitLeader();
        propose(cluster, 0, 100);
        cluster.settle();
        return cluster;
    }

    private static void propose(SteppedCluster cluster, int from, int count) {
        for (int i = from; i < from + count; i++) {
            cluster.propose(RegisterMachine.append("k", token(i)));
        }
    }

    private static String tokens(int from, int to) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append(token(i));
        }
        return all.toString();
    }

    private static String token(int i) {
        return i + (i % 7 == 0 ? ".".repeat(100) : "-");
    }

    private static Optional<String> value(SteppedCluster.Member member) {
        return ClusterTest.machine(member).value("k");
    }

    private static SimDisk disk(SteppedCluster.Member member) {
        return ((DiskTestStorage) member.storage).disk;
    }

    private static Map<Path, Bytes> contents(SimDisk disk) throws IOException {
        Map<Path, Bytes> contents = new TreeMap<>();
        for (Path file : disk.files()) {
            contents.put(file, disk.content(file));
        }
        return contents;
    }
}
