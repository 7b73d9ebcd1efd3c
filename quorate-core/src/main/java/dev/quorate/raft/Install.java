package dev.quorate.raft;

import java.util.Optional;

/**
 * The way of a received snapshot into this node.
 *
 * <pre>
 *   SnapshotReceived ─► RestoreSnapshot ─► SnapshotRestored ─► Persist(resetTo) ─► Persisted: all = lastIncluded
 *                      └──────────── no entries are taken, no campaign ───────────┘
 * </pre>
 *
 * A log that already holds the snapshot's last entry is never reset: behind it there may be entries that this node has
 * acknowledged, and to drop those would break the leader's count. Such a snapshot only raises the commit index.
 */
final class Install {
    private final Core core;
    private Optional<Input.SnapshotReceived> active = Optional.empty();
    /** The write that resets the log; 0 before it was asked for. */
    private long resetSequence;

    Install(Core core) {
        this.core = core;
    }

    /** True from {@link Effect.RestoreSnapshot} until the log is durably reset. */
    boolean isActive() {
        return active.isPresent();
    }

    /** Takes a snapshot, or ignores it; true when it is to be restored. */
    boolean received(Input.SnapshotReceived input) {
        LogId lastIncluded = input.lastIncluded();
        boolean held = core.log.contains(lastIncluded);
        if (isActive() || core.isLeader() || held || lastIncluded.index() <= core.ladder.commit()) {
            if (held) {
                core.ladder.commitTo(lastIncluded.index());
            }
            core.outbox.add(new Effect.SnapshotIgnored(lastIncluded));
            return false;
        }
        active = Optional.of(input);
        core.outbox.add(new Effect.RestoreSnapshot(lastIncluded));
        return true;
    }

    /** The state machine holds the snapshot: the log follows. */
    void restored(LogId lastIncluded) {
        boolean expected = resetSequence == 0
                && active.isPresent()
                && active.get().lastIncluded().equals(lastIncluded);
        Invariant.check(expected, "a snapshot restored that was not asked for", lastIncluded);
        resetSequence = core.outbox.resetTo(lastIncluded);
    }

    /** True, once, when the reset is durable and the node stands at the snapshot. */
    boolean persisted() {
        if (resetSequence == 0 || !core.gate.isPersisted(resetSequence)) {
            return false;
        }
        Input.SnapshotReceived snapshot = active.orElseThrow();
        active = Optional.empty();
        resetSequence = 0;
        core.ladder.reset(snapshot.lastIncluded());
        core.memberships.reset(snapshot.lastIncluded().index(), snapshot.membership());
        return true;
    }
}
