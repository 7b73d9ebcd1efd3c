package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Rejoin;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.testkit.ForwardingDisk;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Saved snapshots, and directories that are made of them, on a disk that loses power and rots. */
class RestoredDirectoryTest {
    private static final Path SAVED = Path.of("files", "backup");
    private static final Path DATA = Path.of("data");
    private static final WalOptions SMALL = new WalOptions(16 << 10, 4 << 10, 4 << 10, 4 << 10, 2);
    private static final LogId LAST = new LogId(7, 120);
    private static final byte[] CONTENT = content();
    private static final NodeIdentity IDENTITY = new NodeIdentity(0xC2, NodeId.of(11));
    private static final Membership ALONE = Membership.ofVoters(NodeId.of(11));
    private static final Membership THREE = Membership.ofVoters(NodeId.of(11), NodeId.of(12), NodeId.of(13));
    private static final int SEEDS = 300;

    private SimDisk disk = new SimDisk(1);

    @Test
    void aRestoredDirectoryHoldsTheStateUnderTheNewIdentityAndGoesOnBehindIt() throws IOException {
        save();
        restore(ALONE);
        FileStorage storage = FileStorage.in(DATA, disk, SMALL);
        assertThat(storage.identity()).contains(IDENTITY);
        try (OpenStorage open = storage.open(IDENTITY, Membership.NONE)) {
            SnapshotMetadata snapshot = open.snapshots().latest().orElseThrow();
            assertThat(snapshot.lastIncluded()).isEqualTo(LAST);
            assertThat(snapshot.timeMillis()).isEqualTo(99_000);
            assertThat(snapshot.stateDigest()).isEqualTo(Bytes.utf8("digest"));
            assertThat(snapshot.membership()).isEqualTo(ALONE);
            assertThat(open.bootstrap()).isEqualTo(ALONE);
            assertThat(contentOf(open)).isEqualTo(CONTENT);
            assertThat(open.log().recovered().purged()).isEqualTo(LAST);
            assertThat(open.log().recovered().hardState().term()).isEqualTo(7);
            assertThat(open.log().recovered().hardState().votedFor()).isEmpty();
            assertThat(open.rejoin()).isEqualTo(Rejoin.NOT_NEEDED);
        }
    }

    @Test
    void oneOfSeveralStartsAsAFirstStartFromTheTermOfTheSnapshot() throws IOException {
        save();
        restore(THREE);
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, Membership.NONE)) {
            assertThat(open.rejoin()).isEqualTo(Rejoin.firstStart(7));
        }
    }

    @Test
    void whateverACrashLeavesIsCompleteOrRefused() throws IOException {
        int complete = 0;
        int refused = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            disk = new SimDisk(seed);
            save();
            disk.crashAfter(1 + seed % 60);
            boolean finished = tryRestore();
            disk.crash();
            FileStorage storage = FileStorage.in(DATA, disk, SMALL);
            boolean nothing = Set.of(FileStorage.LOCK).containsAll(disk.list(DATA));
            try (OpenStorage open = storage.open(IDENTITY, THREE)) {
                assertThat(open.snapshots().latest().isEmpty())
                        .as("seed %d: only a directory that was empty becomes a fresh one", seed)
                        .isEqualTo(nothing);
                if (!nothing) {
                    assertThat(contentOf(open)).as("seed %d", seed).isEqualTo(CONTENT);
                    assertThat(open.log().recovered().purged()).isEqualTo(LAST);
                    assertThat(open.rejoin()).isEqualTo(Rejoin.firstStart(7));
                    complete++;
                }
            } catch (ForeignDirectoryException notComplete) {
                assertThat(finished)
                        .as("seed %d: it was said to be complete", seed)
                        .isFalse();
                assertThat(notComplete).hasMessageContaining("is not complete: delete it");
                refused++;
            }
        }
        assertThat(complete).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void aDirectoryThatHoldsAnythingIsLeftAsItIs() throws IOException {
        save();
        disk.createDirectories(DATA);
        write(DATA.resolve("thesis.txt"), Bytes.utf8("mine").toByteArray());
        assertThatThrownBy(() -> restore(ALONE))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("there is thesis.txt");
        assertThat(disk.list(DATA)).containsExactly("thesis.txt");
        disk.delete(DATA.resolve("thesis.txt"));
        restore(ALONE);
        List<String> before = disk.list(DATA);
        assertThatThrownBy(() -> restore(THREE)).isInstanceOf(ForeignDirectoryException.class);
        assertThat(disk.list(DATA)).isEqualTo(before);
    }

    @Test
    void whatAnotherProcessPutThereBeforeTheLockWasTakenIsLeftAsItIs() throws IOException {
        save();
        Disk shared = new ForwardingDisk(disk) {
            @Override
            public AutoCloseable lock(Path file) throws IOException {
                restore(disk, ALONE);
                return super.lock(file);
            }
        };
        assertThatThrownBy(() -> restore(shared, THREE))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("is not empty");
        try (OpenStorage open = FileStorage.in(DATA, disk, SMALL).open(IDENTITY, Membership.NONE)) {
            assertThat(open.bootstrap()).isEqualTo(ALONE);
            assertThat(contentOf(open)).isEqualTo(CONTENT);
        }
    }

    @Test
    void aDirectoryThatIsNotCompleteIsNotRestoredTo() throws IOException {
        save();
        disk.createDirectories(DATA);
        write(DATA.resolve(RestoredDirectory.RESTORING), new byte[1]);
        assertThatThrownBy(() -> restore(ALONE))
                .isInstanceOf(ForeignDirectoryException.class)
                .hasMessageContaining("is not complete: delete it, and restore the snapshot again");
    }

    @Test
    void everyDamagedByteOfASavedSnapshotIsFound() throws IOException {
        save();
        byte[] whole = read(SAVED);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            refused(damaged, "is damaged");
        }
    }

    @Test
    void aSavedSnapshotThatIsCutOffIsRefused() throws IOException {
        save();
        byte[] whole = read(SAVED);
        for (int length : List.of(0, 1, 31, 32, 512, 544, whole.length - 512, whole.length - 32, whole.length - 1)) {
            assertThatThrownBy(() -> openCopy(Arrays.copyOf(whole, length)))
                    .as("%d bytes", length)
                    .isInstanceOf(CorruptSnapshotException.class);
        }
    }

    @Test
    void aFileOfAnotherKindIsRefusedThoughItsChecksumIsRight() throws IOException {
        refused(withSha256(new byte[1024]), "holds no snapshot of Quorate");
    }

    @Test
    void contentThatIsNotWhatItsMetadataSaysIsRefusedThoughTheChecksumIsRight() throws IOException {
        save();
        byte[] whole = read(SAVED);
        whole[3] ^= 1;
        refused(withSha256(Arrays.copyOf(whole, whole.length - 32)), "the content does not match its SHA-256");
    }

    private void refused(byte[] saved, String why) {
        assertThatThrownBy(() -> openCopy(saved))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining(why);
    }

    private void openCopy(byte[] saved) throws IOException {
        Path copy = SAVED.resolveSibling("copy");
        disk.createDirectories(Path.of("files"));
        disk.delete(copy);
        write(copy, saved);
        SavedSnapshot.open(disk, copy).close();
    }

    private void restore(Membership members) throws IOException {
        restore(disk, members);
    }

    private static void restore(Disk disk, Membership members) throws IOException {
        try (SavedSnapshot snapshot = SavedSnapshot.open(disk, SAVED)) {
            new RestoredDirectory(disk, DATA, SMALL).make(snapshot, IDENTITY, members);
        }
    }

    /** True when the restore came to its end; a crash of the disk ends it before. */
    private boolean tryRestore() {
        try {
            restore(THREE);
            return true;
        } catch (IOException crashed) {
            return false;
        }
    }

    /** Writes a snapshot as a client of a server does. */
    private void save() throws IOException {
        Path source = Path.of("source");
        byte[] file;
        try (FileSnapshotStore snapshots = FileSnapshotStore.open(disk, source);
                SnapshotStore.Writer writer = snapshots.begin(
                        LAST, 99_000, Membership.ofVoters(NodeId.of(1), NodeId.of(2)), Bytes.utf8("digest"), 700)) {
            writer.content().write(CONTENT);
            file = read(snapshots.pathOf(writer.commit()));
        }
        disk.createDirectories(Path.of("files"));
        write(SAVED, withSha256(Arrays.copyOf(file, (file.length + 511) / 512 * 512)));
        disk.forceDirectory(Path.of("files"));
    }

    private static byte[] withSha256(byte[] pages) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(pages);
            byte[] all = Arrays.copyOf(pages, pages.length + digest.length);
            System.arraycopy(digest, 0, all, pages.length, digest.length);
            return all;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] read(Path path) throws IOException {
        try (DiskFile file = disk.open(path, Open.READ)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.read(all, 0);
            return all.array();
        }
    }

    private void write(Path path, byte[] bytes) throws IOException {
        try (DiskFile file = disk.open(path, Open.CREATE)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
        }
    }

    private static byte[] contentOf(OpenStorage open) throws IOException {
        try (SnapshotStore.Reader reader =
                        open.snapshots().open(open.snapshots().latest().orElseThrow());
                InputStream content = reader.content()) {
            return content.readAllBytes();
        }
    }

    private static byte[] content() {
        byte[] content = new byte[1500];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7);
        }
        return content;
    }
}
