package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.SnapshotMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the last node of a cluster that lost its quorum the only member of a new one, with all that its disk holds.
 *
 * <pre>
 *   FORCING  ──►  log: one more entry, in a new term,  ──►  no REJOIN  ──►  FORCED  ──►  FORCING becomes IDENTITY
 *   (the new      whose membership is this node alone                      (done once)   (one rename)
 *   identity)
 * </pre>
 *
 * <p>Once FORCING is durable nobody opens the directory until {@link #finish} has come to its end; a crash is followed
 * by another attempt, and each step can be taken twice. The new cluster has an id of its own: former members that come
 * back are strangers to it.
 *
 * <p>No entry is dropped. Which of the last ones were committed this node alone cannot know, so all take effect: what a
 * client was told to be done is kept if it is here, and what was not told may be done too, which "unknown" allows. Lost
 * is what others had acknowledged without this node.
 */
public final class ForcedCluster {
    static final String FORCING = "FORCING";
    static final String FORCED = "FORCED";

    private final Disk disk;
    private final Path directory;
    private final WalOptions options;

    /**
     * What was made.
     *
     * @param former who the node was
     * @param identity who it is now
     * @param members the members before
     * @param last the last entry that was kept
     */
    public record Outcome(NodeIdentity former, NodeIdentity identity, Membership members, LogId last) {}

    ForcedCluster(Disk disk, Path directory, WalOptions options) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
    }

    /** The data directory of a stopped node on this machine. */
    public static ForcedCluster in(Path dataDirectory) {
        return new ForcedCluster(new FileDisk(), dataDirectory, WalOptions.DEFAULT);
    }

    /** Refuses a directory in which the change is not complete. */
    static void requireComplete(Disk disk, Path directory) throws IOException {
        if (disk.exists(directory.resolve(FORCING))) {
            throw new ForeignDirectoryException("the node in " + directory
                    + " is about to become the only member of a new cluster: start it with --force-new-cluster");
        }
    }

    /** True when the node became the only member of a new cluster, and {@link #forget} was not called since. */
    public boolean isForced() throws IOException {
        return disk.exists(directory.resolve(FORCED));
    }

    /** Lets the change be made again. */
    public void forget() throws IOException {
        if (isForced()) {
            disk.delete(directory.resolve(FORCED));
            disk.forceDirectory(directory);
        }
    }

    /** Finishes what a crash cut off, if anything. */
    public Optional<Outcome> finish() throws IOException {
        Path begun = directory.resolve(FORCING);
        if (!disk.exists(begun)) {
            return Optional.empty();
        }
        IdentityFile next = IdentityFile.read(disk, begun);
        NodeIdentity former = former();
        Outcome outcome;
        try (OpenStorage storage = open(former)) {
            Membership members = membership(storage);
            LogId last = append(storage, next.bootstrap());
            storage.rejoined();
            outcome = new Outcome(former, next.identity(), members, last);
        }
        replace(FORCED, "by --force-new-cluster; goes with the next start that is without it");
        Path copy = directory.resolve(FileStorage.IDENTITY_COPY);
        disk.delete(copy);
        next.write(disk, copy);
        disk.forceDirectory(directory);
        disk.rename(begun, directory.resolve(FileStorage.IDENTITY));
        disk.forceDirectory(directory);
        return Optional.of(outcome);
    }

    /**
     * Makes the change, unless the node is alone already.
     *
     * @param clusterId the id of the new cluster
     * @return what was made; empty when the node is the only member of its cluster, and nothing was changed
     * @throws ForeignDirectoryException when the node cannot go on alone: it knows of no cluster, was removed from it,
     *     or holds a state that is not the cluster's; nothing was changed
     */
    public Optional<Outcome> force(long clusterId) throws IOException {
        NodeIdentity former = former();
        NodeId self = former.nodeId();
        Membership alone;
        try (OpenStorage storage = open(former)) {
            Membership members = membership(storage);
            if (members.members().equals(Membership.ofVoters(self).members())) {
                return Optional.empty();
            }
            requireFit(storage, members, self);
            String address = members.addresses().getOrDefault(self, "");
            alone = Membership.ofVoters(Map.of(self, address));
        }
        Path begun = directory.resolve(FORCING + ".new");
        disk.delete(begun);
        new IdentityFile(new NodeIdentity(clusterId, self), alone).write(disk, begun);
        disk.rename(begun, directory.resolve(FORCING));
        disk.forceDirectory(directory);
        return finish();
    }

    private void requireFit(OpenStorage storage, Membership members, NodeId self) throws ForeignDirectoryException {
        if (!members.contains(self)) {
            throw new ForeignDirectoryException("the node in " + directory + " is no member of the cluster that it"
                    + " knows: it was removed, or has heard nothing of the cluster yet");
        }
        if (storage.quarantine().isPresent()) {
            throw new ForeignDirectoryException("the node in " + directory + " holds a state that is not the cluster's,"
                    + " and nothing to begin a new one with: "
                    + storage.quarantine().get());
        }
    }

    private NodeIdentity former() throws IOException {
        return FileStorage.in(directory, disk, options)
                .identity()
                .orElseThrow(() -> new ForeignDirectoryException("there is no data of Quorate in " + directory));
    }

    /** Opens the data; what of it is damaged cannot be had from the others any more, and is given up. */
    private OpenStorage open(NodeIdentity former) throws IOException {
        FileStorage storage = FileStorage.in(directory, disk, options);
        try {
            return storage.open(former, Membership.NONE, false);
        } catch (CorruptLogException damage) {
            return storage.open(former, Membership.NONE, true);
        }
    }

    private static Membership membership(OpenStorage storage) {
        Optional<SnapshotMetadata> snapshot = storage.snapshots().latest();
        Membership membership = snapshot.map(SnapshotMetadata::membership).orElseGet(storage::bootstrap);
        LogId covered = snapshot.map(SnapshotMetadata::lastIncluded).orElse(LogId.ZERO);
        RecoveredLog recovered = storage.log().recovered();
        if (recovered.contains(covered)) {
            for (Entry entry : recovered.memberships()) {
                if (entry.index() > covered.index()) {
                    membership = MembershipFormat.decode(entry.payload());
                }
            }
        }
        return membership;
    }

    /** Appends the new membership, unless it is there; returns the last entry before it. */
    private static LogId append(OpenStorage storage, Membership alone) throws IOException {
        RecoveredLog recovered = storage.log().recovered();
        Optional<SnapshotMetadata> snapshot = storage.snapshots().latest();
        Optional<LogId> resetTo = snapshot.map(SnapshotMetadata::lastIncluded).filter(id -> !recovered.contains(id));
        // A snapshot that came from a leader, and whose install a crash cut off.
        if (resetTo.isPresent()) {
            storage.log().resetTo(resetTo.get());
        }
        LogId last = resetTo.orElse(recovered.last());
        if (membership(storage).equals(alone)) {
            return last;
        }
        long term = Math.max(recovered.hardState().term(), last.term()) + 1;
        long timeMillis = Math.max(
                recovered.lastTimeMillis(),
                snapshot.map(SnapshotMetadata::timeMillis).orElse(0L));
        storage.log().saveHardState(new HardState(term, Optional.empty()));
        storage.log()
                .append(List.of(new Entry(
                        new LogId(term, last.index() + 1),
                        EntryKind.MEMBERSHIP,
                        MembershipFormat.encode(alone),
                        timeMillis)));
        storage.log().sync();
        return last;
    }

    private void replace(String name, String text) throws IOException {
        Path begun = directory.resolve(name + ".new");
        disk.delete(begun);
        try (DiskFile file = disk.open(begun, Open.CREATE)) {
            file.write(Bytes.utf8(text).asByteBuffer(), 0);
            file.force();
        }
        disk.rename(begun, directory.resolve(name));
        disk.forceDirectory(directory);
    }
}
