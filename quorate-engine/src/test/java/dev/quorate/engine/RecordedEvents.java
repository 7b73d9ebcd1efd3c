package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a handler told, in order. */
final class RecordedEvents implements HandlerEvents {
    final List<String> order = new ArrayList<>();
    final List<ApplyResult> results = new ArrayList<>();
    final List<Membership> memberships = new ArrayList<>();
    final List<Snapshot> snapshots = new ArrayList<>();
    final List<CheckpointDigests.Recorded> checkpoints = new ArrayList<>();
    final List<NodeHaltedException> halts = new ArrayList<>();
    private Consumer<List<ApplyResult>> onApplied = results -> {};

    /** Runs this in each {@link #applied}. */
    void onApplied(Consumer<List<ApplyResult>> hook) {
        onApplied = hook;
    }

    @Override
    public void applied(List<ApplyResult> part) {
        order.add("applied " + part.get(0).id().index() + ".."
                + part.get(part.size() - 1).id().index());
        results.addAll(part);
        onApplied.accept(part);
    }

    @Override
    public void membershipApplied(LogId id, Membership membership) {
        order.add("membership " + id);
        memberships.add(membership);
    }

    @Override
    public void alarmApplied(Entry alarm) {
        order.add("alarm " + alarm.id());
    }

    @Override
    public void snapshotSaved(Snapshot snapshot) {
        order.add("saved " + snapshot.metadata().lastIncluded());
        snapshots.add(snapshot);
    }

    @Override
    public void checkpointTaken(LogId checkpoint, Bytes stateDigest) {
        order.add("checkpoint " + checkpoint);
        checkpoints.add(new CheckpointDigests.Recorded(checkpoint, stateDigest));
    }

    @Override
    public void snapshotInstalled(SnapshotMetadata metadata) {
        order.add("installed " + metadata.lastIncluded());
    }

    @Override
    public void comparisonSkipped(LogId lastIncluded) {
        order.add("skipped " + lastIncluded);
    }

    @Override
    public void diverged(LogId at, String reason) {
        order.add("diverged " + at);
    }

    @Override
    public void halted(NodeHaltedException cause) {
        order.add("halted");
        halts.add(cause);
    }
}
