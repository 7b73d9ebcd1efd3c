package dev.quorate.engine;

import dev.quorate.raft.Input;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.SnapshotMetadata;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what the handler tells to where it matters. */
final class NodeEvents implements HandlerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(NodeEvents.class);

    private final NodeId self;
    private final DutyCycle loop;
    private final PendingProposals pending;
    private final Alarms alarms;
    private final Halt halt;

    NodeEvents(NodeId self, DutyCycle loop, PendingProposals pending, Alarms alarms, Halt halt) {
        this.self = self;
        this.loop = loop;
        this.pending = pending;
        this.alarms = alarms;
        this.halt = halt;
    }

    @Override
    public void applied(List<ApplyResult> results) {
        pending.applied(results);
    }

    @Override
    public void membershipApplied(LogId id, Membership membership) {
        LOG.info("membership applied node={} at={} membership={}", self, id, membership);
    }

    @Override
    public void alarmApplied(Entry alarm) {
        alarms.applied(alarm);
    }

    @Override
    public void snapshotSaved(Snapshot snapshot) {
        loop.offer(new Told(new Input.SnapshotSaved(snapshot.metadata().lastIncluded())));
    }

    @Override
    public void checkpointTaken(LogId checkpoint, Bytes stateDigest) {
        loop.offer(new CheckpointCovered());
    }

    @Override
    public void snapshotInstalled(SnapshotMetadata metadata) {
        pending.installed(metadata.lastIncluded());
        loop.offer(new TimeSeen(metadata.timeMillis()));
    }

    @Override
    public void comparisonSkipped(LogId lastIncluded) {
        // The handler has logged it.
    }

    @Override
    public void diverged(LogId at, String reason) {
        LOG.error("this replica serves no reads until an operator decides node={} at={}", self, at);
    }

    @Override
    public void halted(NodeHaltedException cause) {
        halt.by(cause);
    }

    /** A durable snapshot covers one more checkpoint. */
    static final class CheckpointCovered extends Inbox.Item {
        private CheckpointCovered() {}
    }

    /** A stamp that came with a snapshot. */
    static final class TimeSeen extends Inbox.Item {
        private final long timeMillis;

        private TimeSeen(long timeMillis) {
            this.timeMillis = timeMillis;
        }

        long timeMillis() {
            return timeMillis;
        }
    }
}
