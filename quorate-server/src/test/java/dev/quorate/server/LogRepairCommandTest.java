package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate log repair} over a directory whose log has rotted. */
final class LogRepairCommandTest {
    private static final NodeIdentity IDENTITY = new NodeIdentity(7, NodeId.of(1));
    private static final Membership ALONE = Membership.ofVoters(NodeId.of(1));
    private static final int LAST = 20;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aSoundLogNeedsNoRepair() throws IOException {
        fill(ALONE);
        CommandRun run = repair();
        assertThat(run.out()).isEqualTo("nothing to repair\n");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void whatIsLostIsNamedAndGivenUpOnlyByItsNumbers() throws IOException {
        fill(ALONE);
        rot();
        CommandRun told = repair();
        assertThat(told.exitCode()).isEqualTo(2);
        assertThat(told.out()).startsWith("DAMAGED: ").contains("entries 11 to 20 are lost", "nothing was changed");
        assertThat(told.out()).contains("--truncate-at 11 --accept-loss-of 10");
        assertThat(repair("--truncate-at", "11").exitCode()).isEqualTo(2);
        assertThat(repair("--truncate-at", "11", "--accept-loss-of", "9").exitCode())
                .isEqualTo(2);
        assertThat(directory.resolve("damaged")).doesNotExist();

        CommandRun cut = repair("--truncate-at", "11", "--accept-loss-of", "10");
        assertThat(cut.exitCode()).as(cut.err()).isZero();
        assertThat(cut.out()).contains("the log ends at 10 now");
        assertThat(directory.resolve("damaged/1/0000000000000001.segment")).exists();
        try (OpenStorage open = FileStorage.in(directory).open(IDENTITY, ALONE)) {
            assertThat(open.log().last()).isEqualTo(new LogId(1, 10));
        }
    }

    @Test
    void aMemberOfALargerClusterIsToldToStart() throws IOException {
        fill(Membership.ofVoters(NodeId.of(1), NodeId.of(2), NodeId.of(3)));
        rot();
        CommandRun run = repair("--truncate-at", "11", "--accept-loss-of", "10");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).contains("repairs itself");
        assertThat(directory.resolve("damaged")).doesNotExist();
    }

    @Test
    void aDirectoryInUseOrOfSomeoneElseIsLeftAlone() throws IOException {
        assertThat(repair().exitCode()).isEqualTo(3);
        try (OpenStorage open = FileStorage.in(directory).open(IDENTITY, ALONE)) {
            assertThat(open.log().last()).isEqualTo(LogId.ZERO);
            assertThat(repair().exitCode()).isEqualTo(3);
        }
    }

    private CommandRun repair(String... options) {
        List<String> words = new ArrayList<>(List.of("log", "repair", directory.toString()));
        words.addAll(List.of(options));
        return CommandRun.of(words.toArray(new String[0]));
    }

    private void fill(Membership members) throws IOException {
        try (OpenStorage open = FileStorage.in(directory).open(IDENTITY, members)) {
            for (int index = 1; index <= LAST; index++) {
                byte[] payload = new byte[200];
                open.log()
                        .append(List.of(new Entry(new LogId(1, index), EntryKind.COMMAND, Bytes.wrap(payload), index)));
            }
            open.log().sync();
        }
    }

    /** Flips a bit in the payload of entry 11: header 64, start 88, opened 48, then 248 bytes an entry. */
    private void rot() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(
                directory.resolve("log/0000000000000001.segment").toFile(), "rw")) {
            long at = 64 + 88 + 48 + 10 * 248 + 100;
            file.seek(at);
            int value = file.read();
            file.seek(at);
            file.write(value ^ 1);
        }
    }
}
