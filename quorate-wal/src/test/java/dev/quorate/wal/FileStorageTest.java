package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.Storage;
import dev.quorate.testkit.SimDisk;
import dev.quorate.testkit.StorageContract;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a data directory, its errors, and crashes in the middle of a first start. */
class FileStorageTest {
    private static final NodeIdentity IDENTITY = new NodeIdentity(0xC1, NodeId.of(1));
    private static final Membership MEMBERS = Membership.ofVoters(NodeId.of(1));
    private static final WalOptions SMALL = new WalOptions(16 << 10, 4 << 10, 4 << 10, 4 << 10, 2);
    private static final Path DATA = Path.of("data");

    @Nested
    class OnFiles extends StorageContract {
        @TempDir
        private Path directory = Path.of("");

        @Override
        protected Storage storage() {
            return FileStorage.in(directory.resolve("data"));
        }
    }

    @Nested
    class OnSimulatedDisk extends StorageContract {
        private final SimDisk disk = new SimDisk(1);

        @Override
        protected Storage storage() {
            return FileStorage.in(DATA, disk, SMALL);
        }
    }

    @Test
    void identityIsToldWithoutOpening(@TempDir Path parent) throws IOException {
        FileStorage storage = FileStorage.in(parent.resolve("data"));
        assertThat(storage.identity()).isEmpty();
        assertThat(parent.resolve("data")).doesNotExist();
        try (OpenStorage open = storage.open(IDENTITY, MEMBERS)) {
            assertThat(open.bootstrap()).isEqualTo(MEMBERS);
            assertThat(storage.identity()).contains(IDENTITY);
        }
        Files.writeString(parent.resolve("data").resolve(FileStorage.IDENTITY), "something else");
        assertThat(storage.identity()).as("by the copy").contains(IDENTITY);
        Files.writeString(parent.resolve("data").resolve(FileStorage.IDENTITY_COPY), "something else");
        assertThatThrownBy(storage::identity).isInstanceOf(ForeignDirectoryException.class);
    }

    @Test
    void fileInsteadOfADirectoryIsRefused(@TempDir Path parent) throws IOException {
        Path file = Files.writeString(parent.resolve("data"), "mine");
        assertThatThrownBy(() -> FileStorage.in(file).open(IDENTITY, MEMBERS))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("is a file, not a directory");
        assertThat(Files.readString(file)).isEqualTo("mine");
    }

    @Test
    void directoryBelowAFileIsRefused(@TempDir Path parent) throws IOException {
        Path file = Files.writeString(parent.resolve("data"), "mine");
        assertThatThrownBy(() -> FileStorage.in(file.resolve("below")).open(IDENTITY, MEMBERS))
                .isInstanceOf(ForeignDirectoryException.class);
    }

    @Test
    void directoryThatCannotBeWrittenIsNamed() throws IOException {
        SimDisk disk = new SimDisk(1);
        disk.createDirectories(DATA);
        assertThatThrownBy(
                        () -> FileStorage.in(DATA, new DeniedDisk(disk), SMALL).open(IDENTITY, MEMBERS))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("data")
                .hasMessageContaining("cannot be written by this user");
        assertThatThrownBy(() -> FileStorage.in(DATA.resolve("below"), new DeniedDisk(disk), SMALL)
                        .open(IDENTITY, MEMBERS))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void directoryWithOtherFilesIsRefusedAndLeftAlone(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> FileStorage.in(directory).open(IDENTITY, MEMBERS))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("thesis.txt");
        try (var names = Files.list(directory)) {
            assertThat(names).containsExactly(directory.resolve("thesis.txt"));
        }
    }

    @Test
    void directoryNamedAsOursButWithoutAnIdentityIsRefused(@TempDir Path directory) throws IOException {
        Files.createDirectory(directory.resolve("log"));
        assertThatThrownBy(() -> FileStorage.in(directory).open(IDENTITY, MEMBERS))
                .isInstanceOf(ForeignDirectoryException.class);
    }

    @Test
    void freshFileSystemIsAnEmptyDirectory(@TempDir Path directory) throws IOException {
        Files.createDirectory(directory.resolve("lost+found"));
        FileStorage.in(directory).open(IDENTITY, MEMBERS).close();
        assertThat(directory.resolve("IDENTITY")).exists();
    }

    @Test
    void otherNodeAndOtherClusterAreNamed(@TempDir Path directory) throws IOException {
        FileStorage.in(directory).open(IDENTITY, MEMBERS).close();
        assertThatThrownBy(() -> FileStorage.in(directory).open(new NodeIdentity(0xC1, NodeId.of(0xab)), MEMBERS))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("belongs to node 1 of cluster c1, not to node ab of cluster c1");
    }

    @Test
    void otherFormatVersionIsNamed(@TempDir Path directory) throws IOException {
        FileStorage.in(directory).open(IDENTITY, MEMBERS).close();
        for (String name : List.of(FileStorage.IDENTITY, FileStorage.IDENTITY_COPY)) {
            byte[] bytes = Files.readAllBytes(directory.resolve(name));
            bytes[11] = 9;
            Files.write(directory.resolve(name), bytes);
        }
        assertThatThrownBy(() -> FileStorage.in(directory).open(IDENTITY, MEMBERS))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("format version 9");
    }

    @Test
    void everyFlippedBitOfTheIdentityIsRepairedFromTheCopyAndOfBothIsNoticed() throws IOException {
        SimDisk disk = new SimDisk(1);
        FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
        Path identity = DATA.resolve(FileStorage.IDENTITY);
        Path copy = DATA.resolve(FileStorage.IDENTITY_COPY);
        long bits = 8L * disk.content(identity).length();
        for (long bit = 0; bit < bits; bit++) {
            Path rotten = bit % 2 == 0 ? identity : copy;
            disk.flipBit(rotten, bit);
            FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
            assertThat(disk.content(identity)).isEqualTo(disk.content(copy));
            disk.flipBit(identity, bit);
            disk.flipBit(copy, bit);
            assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS))
                    .isInstanceOf(ForeignDirectoryException.class);
            disk.flipBit(identity, bit);
            disk.flipBit(copy, bit);
        }
        FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
    }

    @Test
    void logThatVanishedIsDamageAndNotANewBeginning() throws IOException {
        SimDisk disk = new SimDisk(1);
        FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
        disk.delete(DATA.resolve("log").resolve("MANIFEST"));
        assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("MANIFEST");
    }

    @Test
    void failedOpenReleasesTheLock() throws IOException {
        SimDisk disk = new SimDisk(1);
        FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
        Path manifest = DATA.resolve("log").resolve("MANIFEST");
        disk.rename(manifest, manifest.resolveSibling("aside"));
        assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS))
                .isInstanceOf(CorruptLogException.class);
        disk.rename(manifest.resolveSibling("aside"), manifest);
        FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
    }

    @Test
    void crashAnywhereInAFirstStartIsCompletedByTheNext() throws IOException {
        SimDisk whole = new SimDisk(0);
        FileStorage.in(DATA, whole, SMALL).open(IDENTITY, MEMBERS);
        for (long changes = 1; changes <= whole.operations(); changes++) {
            for (int seed = 0; seed < 20; seed++) {
                SimDisk disk = new SimDisk(seed * 1000L + changes);
                disk.crashAfter(changes);
                assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS))
                        .isInstanceOf(IOException.class);
                disk.crash();
                try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS)) {
                    assertThat(open.bootstrap())
                            .as("seed %d, change %d", seed, changes)
                            .isEqualTo(MEMBERS);
                    assertThat(open.log().last().index()).isZero();
                }
            }
        }
    }

    /** A server takes the members from its configuration only while its directory tells no identity. */
    @Test
    void whoeverIsToldAnIdentityAfterACrashInAFirstStartFindsItsMembersToo() throws IOException {
        Membership three = Membership.ofVoters(NodeId.of(1), NodeId.of(2), NodeId.of(3));
        SimDisk whole = new SimDisk(0);
        FileStorage.in(DATA, whole, SMALL).open(IDENTITY, three);
        for (long changes = 1; changes <= whole.operations(); changes++) {
            for (int seed = 0; seed < 20; seed++) {
                SimDisk disk = new SimDisk(seed * 1000L + changes);
                disk.crashAfter(changes);
                assertThatThrownBy(() -> FileStorage.in(DATA, disk, SMALL).open(IDENTITY, three))
                        .isInstanceOf(IOException.class);
                disk.crash();
                FileStorage storage = FileStorage.in(DATA, disk, SMALL);
                boolean told = storage.identity().isPresent();
                try (OpenStorage open = storage.open(IDENTITY, told ? Membership.ofVoters(IDENTITY.nodeId()) : three)) {
                    assertThat(open.bootstrap())
                            .as("seed %d, change %d", seed, changes)
                            .isEqualTo(three);
                }
            }
        }
    }

    @Test
    void whatWasSyncedAfterAFirstStartIsThereAfterACrash() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            SimDisk disk = new SimDisk(seed);
            OpenStorage first = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS);
            first.log().append(LogFixture.entries(1, 1, 3, 100));
            first.log().sync();
            disk.crash();
            try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS)) {
                assertThat(open.log().read(1, 3, 1000)).as("seed %d", seed).isEqualTo(LogFixture.entries(1, 1, 3, 100));
            }
        }
    }

    @Test
    void crashAnywhereInAQuarantineLeavesItWholeOrAway() throws IOException {
        for (long changes = 1; changes <= 12; changes++) {
            for (int seed = 0; seed < 30; seed++) {
                SimDisk disk = new SimDisk(seed * 1000L + changes);
                OpenStorage first = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS);
                disk.crashAfter(changes);
                boolean done = quarantined(first);
                disk.crash();
                try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS)) {
                    assertThat(open.quarantine().orElse(done ? "lost" : "the digests differ"))
                            .as("seed %d, change %d", seed, changes)
                            .isEqualTo("the digests differ");
                }
            }
        }
    }

    private static boolean quarantined(OpenStorage open) {
        try {
            open.quarantine("the digests differ");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void tornMarkOfAFirstStartIsOursAndNothingElse() throws IOException {
        SimDisk disk = new SimDisk(1);
        disk.createDirectories(DATA);
        try (DiskFile file = disk.open(DATA.resolve("IDENTITY.new"), Open.CREATE)) {
            file.force();
        }
        FileStorage.in(DATA, disk, SMALL).open(IDENTITY, MEMBERS).close();
    }

    @Test
    void newNodeStartsWithFewForces() throws IOException {
        SimDisk disk = new SimDisk(1);
        FileStorage.in(DATA, disk, WalOptions.DEFAULT).open(IDENTITY, MEMBERS);
        assertThat(disk.forces() + disk.directoryForces()).isLessThanOrEqualTo(12);
        assertThat(disk.usedBytes()).isLessThan(2 << 20);
    }
}
