package dev.quorate.wal;

import static dev.quorate.wal.LogFixture.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogInspectorTest {
    private static final HardState VOTE = new HardState(2, Optional.of(NodeId.of(0xab)));

    @Test
    void soundLogIsReportedWithItsCounts(@TempDir Path directory) throws IOException {
        fill(directory);
        LogReport report = new LogInspector(directory).verify();
        assertThat(report)
                .isEqualTo(new LogReport(1, 11, 5, new LogId(1, 1), new LogId(2, 3), VOTE, true, 0, Optional.empty()));
        assertThat(report.isSound()).isTrue();
    }

    @Test
    void dumpShowsEachRecordInOneLine(@TempDir Path directory) throws IOException {
        fill(directory);
        List<String> lines = new ArrayList<>();
        new LogInspector(directory).dump(record -> lines.add(record.toString()));
        String segment = "0000000000000001.segment";
        assertThat(lines).allMatch(line -> line.startsWith(segment));
        lines.replaceAll(line -> line.substring(segment.length()));
        assertThat(lines)
                .containsExactly(
                        "         64 START      term 0 index 0 time - size 33",
                        "        152 OPENED     term 0 index 0 time - size 0",
                        "        200 HARD_STATE term 2 index 0 time - size 8",
                        "        256 COMMAND    term 1 index 1 time 1970-01-01T00:00:00.010Z size 5",
                        "        312 COMMAND    term 1 index 2 time 1970-01-01T00:00:00.020Z size 5",
                        "        368 COMMAND    term 1 index 3 time 1970-01-01T00:00:00.030Z size 5",
                        "        424 TRUNCATE   term 0 index 2 time - size 0",
                        "        472 COMMAND    term 2 index 2 time 1970-01-01T00:00:00.020Z size 7",
                        "        528 COMMAND    term 2 index 3 time 1970-01-01T00:00:00.030Z size 7",
                        "        584 PURGE      term 1 index 1 time - size 0",
                        "        632 CLOSED     term 0 index 0 time - size 0");
    }

    @Test
    void runningNodeCanBeLookedAtWithoutItsLock(@TempDir Path directory) throws IOException {
        try (OpenStorage open = open(directory)) {
            open.log().append(entries(1, 1, 3, 5));
            open.log().sync();
            assertThat(new LogInspector(directory).verify().last()).isEqualTo(new LogId(1, 3));
        }
    }

    @Test
    void stoppedNodeCannotStartWhileItIsLookedAt(@TempDir Path directory) throws IOException {
        fill(directory);
        Path lock = directory.resolve("LOCK");
        byte[] before = Files.readAllBytes(lock);
        try (LogInspector inspector = LogInspector.ofStoppedNode(directory)) {
            assertThat(inspector.verify().isSound()).isTrue();
            assertThatThrownBy(() -> open(directory)).isInstanceOf(DirectoryInUseException.class);
        }
        assertThat(Files.readAllBytes(lock)).isEqualTo(before);
        try (OpenStorage open = open(directory)) {
            assertThat(open.log().last()).isEqualTo(new LogId(2, 3));
            assertThatThrownBy(() -> LogInspector.ofStoppedNode(directory))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining("in use by this process");
        }
    }

    @Test
    void anotherProgramsIdentityIsForeignAndAMissingLogIsDamage(@TempDir Path directory) throws IOException {
        fill(directory);
        Path manifest = directory.resolve("log").resolve("MANIFEST");
        Files.delete(manifest);
        try (LogInspector inspector = LogInspector.ofStoppedNode(directory)) {
            assertThat(inspector.verify().damage()).isPresent();
        }
        Files.writeString(directory.resolve("IDENTITY"), "something else with a file of this name in it");
        assertThatThrownBy(() -> LogInspector.ofStoppedNode(directory))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("not the identity");
    }

    @Test
    void directoryWithoutALogIsRefused(@TempDir Path directory) {
        assertThatThrownBy(() -> new LogInspector(directory))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("no log of Quorate");
        assertThatThrownBy(() -> new LogInspector(directory.resolve("missing")))
                .isInstanceOf(ForeignDirectoryException.class);
    }

    @Test
    void damagedManifestIsReported() throws IOException {
        SimDisk disk = new SimDisk(1);
        LogFixture.newLog(disk, WalOptions.DEFAULT).close();
        Path manifest = LogFixture.LOG.resolve("MANIFEST");
        disk.flipBit(manifest, 0);
        disk.flipBit(manifest, 4096 * 8);
        LogReport report = new LogInspector(disk, LogFixture.DATA).verify();
        assertThat(report.isSound()).isFalse();
        assertThat(report.damage().orElseThrow().file()).isEqualTo(manifest.toString());
    }

    private static void fill(Path directory) throws IOException {
        try (OpenStorage open = open(directory)) {
            open.log().saveHardState(VOTE);
            open.log().append(entries(1, 1, 3, 5));
            open.log().truncateFrom(2);
            open.log().append(entries(2, 2, 3, 7));
            open.log().sync();
            open.log().purge(new LogId(1, 1));
        }
    }

    private static OpenStorage open(Path directory) throws IOException {
        return FileStorage.in(directory).open(new NodeIdentity(1, NodeId.of(1)), Membership.ofVoters(NodeId.of(1)));
    }
}
