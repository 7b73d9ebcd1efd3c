package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This replica's state digests at the last few checkpoints, and at its snapshots: what a purge is compared with. After
 * a restart those of the snapshots are there again, because their metadata holds them. APPLY writes, any thread reads.
 */
final class CheckpointDigests {
    /**
     * A digest at a position.
     *
     * @param digest empty when the state machine offers none
     */
    record Recorded(LogId at, Bytes digest) {}

    private final int recordedMax;
    private volatile List<Recorded> recorded = List.of();

    CheckpointDigests(int recordedMax, List<SnapshotMetadata> snapshots) {
        this.recordedMax = recordedMax;
        for (SnapshotMetadata snapshot : snapshots) {
            record(snapshot.lastIncluded(), snapshot.stateDigest());
        }
    }

    /** Remembers a digest; a position that is not behind all others is already remembered. APPLY only. */
    void record(LogId at, Bytes digest) {
        List<Recorded> present = recorded;
        if (!present.isEmpty() && present.get(present.size() - 1).at().index() >= at.index()) {
            return;
        }
        List<Recorded> next = new ArrayList<>(present);
        next.add(new Recorded(at, digest));
        recorded = List.copyOf(next.subList(Math.max(0, next.size() - recordedMax), next.size()));
    }

    /** Forgets all, because the state was replaced by one with this digest. APPLY only. */
    void replace(LogId at, Bytes digest) {
        recorded = List.of(new Recorded(at, digest));
    }

    /** What is known at this index, whatever its term. */
    Optional<Recorded> at(long index) {
        for (Recorded one : recorded) {
            if (one.at().index() == index) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** The newest that is known at or below this index. */
    Optional<Recorded> newestUpTo(long index) {
        List<Recorded> present = recorded;
        for (int i = present.size() - 1; i >= 0; i--) {
            if (present.get(i).at().index() <= index) {
                return Optional.of(present.get(i));
            }
        }
        return Optional.empty();
    }

    /** All that are known, the newest last. */
    List<Recorded> all() {
        return recorded;
    }
}
