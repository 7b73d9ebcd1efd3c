package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore.Writer;
import dev.quorate.spi.Storage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link Storage} must do, one test a sentence of its contract. */
public abstract class StorageContract {
    /** Whose data it is in these tests. */
    protected static final NodeIdentity IDENTITY = new NodeIdentity(0xC1, NodeId.of(1));

    /** The members at first start. */
    protected static final Membership BOOTSTRAP = Membership.ofVoters(NodeId.of(1), NodeId.of(2), NodeId.of(3));

    /** For subclasses. */
    protected StorageContract() {}

    /** The storage under test, the same place during a test; empty when a test starts. */
    protected abstract Storage storage();

    @Test
    public void firstStartRecordsTheMembers() throws IOException {
        try (OpenStorage open = open()) {
            assertThat(open.bootstrap()).isEqualTo(BOOTSTRAP);
            assertThat(open.log().last()).isEqualTo(LogId.ZERO);
            assertThat(open.snapshots().latest()).isEmpty();
            assertThat(open.quarantine()).isEmpty();
        }
    }

    @Test
    public void membersGivenLaterAreIgnored() throws IOException {
        open().close();
        try (OpenStorage open = storage().open(IDENTITY, Membership.ofVoters(NodeId.of(9)))) {
            assertThat(open.bootstrap()).isEqualTo(BOOTSTRAP);
        }
    }

    @Test
    public void logAndSnapshotsAreTheSameObjectsEachTime() throws IOException {
        try (OpenStorage open = open()) {
            assertThat(open.log()).isSameAs(open.log());
            assertThat(open.snapshots()).isSameAs(open.snapshots());
        }
    }

    @Test
    public void logAndSnapshotsAreThereAfterReopening() throws IOException {
        Entry entry = new Entry(new LogId(1, 1), EntryKind.COMMAND, Bytes.utf8("x"), 5);
        SnapshotMetadata snapshot;
        try (OpenStorage open = open()) {
            open.log().append(List.of(entry));
            open.log().sync();
            try (Writer writer = open.snapshots().begin(new LogId(1, 1), 5, BOOTSTRAP, Bytes.EMPTY, 100)) {
                writer.content().write('s');
                snapshot = writer.commit();
            }
        }
        try (OpenStorage open = open()) {
            assertThat(open.log().read(1, 1, 100)).containsExactly(entry);
            assertThat(open.snapshots().latest()).contains(snapshot);
        }
    }

    @Test
    public void openStorageIsInUseUntilItIsClosed() throws IOException {
        OpenStorage open = open();
        assertThatThrownBy(this::open).isInstanceOf(DirectoryInUseException.class);
        open.close();
        open().close();
    }

    @Test
    public void secondCloseOfTheFirstOwnerDoesNotFreeTheSecond() throws IOException {
        OpenStorage first = open();
        first.close();
        try (OpenStorage second = open()) {
            first.close();
            assertThatThrownBy(this::open).isInstanceOf(DirectoryInUseException.class);
            assertThat(second.log().last()).isEqualTo(LogId.ZERO);
        }
    }

    @Test
    public void dataOfAnotherNodeIsRefusedAndLeftAlone() throws IOException {
        open().close();
        assertThatThrownBy(() -> storage().open(new NodeIdentity(0xC1, NodeId.of(2)), BOOTSTRAP))
                .isInstanceOf(ForeignDirectoryException.class);
        open().close();
    }

    @Test
    public void dataOfAnotherClusterIsRefusedAndLeftAlone() throws IOException {
        open().close();
        assertThatThrownBy(() -> storage().open(new NodeIdentity(0xC2, NodeId.of(1)), BOOTSTRAP))
                .isInstanceOf(ForeignDirectoryException.class);
        open().close();
    }

    @Test
    public void quarantineIsThereAfterReopening() throws IOException {
        try (OpenStorage open = open()) {
            open.quarantine("the digests differ at 7");
            assertThat(open.quarantine()).contains("the digests differ at 7");
        }
        try (OpenStorage open = open()) {
            assertThat(open.quarantine()).contains("the digests differ at 7");
        }
    }

    @Test
    public void firstReasonOfAQuarantineStays() throws IOException {
        try (OpenStorage open = open()) {
            open.quarantine("first");
            open.quarantine("second");
            assertThat(open.quarantine()).contains("first");
        }
        try (OpenStorage open = open()) {
            open.quarantine("third");
            assertThat(open.quarantine()).contains("first");
        }
    }

    @Test
    public void releasedQuarantineIsGone() throws IOException {
        try (OpenStorage open = open()) {
            open.quarantine("first");
            open.releaseQuarantine();
            open.releaseQuarantine();
            assertThat(open.quarantine()).isEmpty();
        }
        try (OpenStorage open = open()) {
            assertThat(open.quarantine()).isEmpty();
            open.quarantine("second");
            assertThat(open.quarantine()).contains("second");
        }
    }

    private OpenStorage open() throws IOException {
        return storage().open(IDENTITY, BOOTSTRAP);
    }
}
