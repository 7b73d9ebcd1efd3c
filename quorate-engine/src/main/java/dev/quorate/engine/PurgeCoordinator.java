package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.PeerStatus;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.PeerMessage.CheckpointReport;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.PeerMessage.PurgeRefusal;
import dev.quorate.spi.PeerMessage.PurgeRequest;
import dev.quorate.spi.Transport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's side of the purge, and every replica's report to it. Owned by LOOP.
 *
 * <pre>
 *   replica: snapshot of a checkpoint durable ──► CheckpointReport ──► leader
 *   leader:  its own durable, the replica's durable ──► PurgeRequest ──► replica: handlePurgeRequest ──► answer
 *            its own log: through min(checkpoint − retained entries, the slowest live follower)
 * </pre>
 *
 * Answers that ask for patience are followed by another attempt after a while, as long as the replica gives signs of
 * life. A replica whose state differs is made known to all by an ALARM entry.
 *
 * <p>Who differs is a matter of majority: a leader whose digest a majority of the voters contradicts, all with one
 * other digest, is itself the one that differs, and then orders nobody to purge.
 */
final class PurgeCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeCoordinator.class);
    private static final int ATTEMPTS_MAX = 30;

    /** What is known of one other replica while this node leads. */
    private static final class Replica {
        private @Nullable CheckpointReport report;
        private long reportedNanos;
        private @Nullable LogId asked;
        private long askedNanos;
        private int attempts;
        private @Nullable LogId settled;
        private boolean alarmed;
    }

    private final NodeId self;
    private final NodeView view;
    private final Alarms alarms;
    private final Transport transport;
    private final ProposalIntake intake;
    private final Supplier<Optional<CheckpointDigests.Recorded>> ownCheckpoint;
    private final Supplier<RaftStatus> raft;
    private final LogPurge log;
    private final NodeOptions.Retention retention;
    private final long retryNanos;
    private final Cycle loop;
    private final Map<NodeId, Replica> replicas = new HashMap<>();
    private final Set<LogId> contradicted = new HashSet<>();
    private boolean ticking;

    /** The log, as far as the leader's own purge needs it; called on LOOP, done on LOG. */
    interface LogPurge {
        /** The index that the log begins after. */
        long purgedIndex();

        /** The size of the log. */
        long sizeBytes();

        /** Forgets everything up to this index; the core is told when it is durable. */
        void purgeThrough(long index);

        /** Records that this replica's own state is not the cluster's. */
        void quarantine(LogId at, String reason);
    }

    /**
     * A coordinator that knows nothing yet.
     *
     * @param ownCheckpoint the newest checkpoint that a durable snapshot of this node covers
     * @param loop the cycle that owns this
     */
    PurgeCoordinator(
            NodeId self,
            NodeView view,
            Alarms alarms,
            Transport transport,
            ProposalIntake intake,
            Supplier<Optional<CheckpointDigests.Recorded>> ownCheckpoint,
            Supplier<RaftStatus> raft,
            LogPurge log,
            NodeOptions options,
            Cycle loop) {
        this.self = self;
        this.view = view;
        this.alarms = alarms;
        this.transport = transport;
        this.intake = intake;
        this.ownCheckpoint = ownCheckpoint;
        this.raft = raft;
        this.log = log;
        this.retention = options.retention();
        this.retryNanos = options.timeouts().purgeRetry().toNanos();
        this.loop = loop;
    }

    /**
     * Role, term or leader changed: what was known of others is void, and a leader that is new here gets this node's
     * report.
     */
    void standingChanged(long nowNanos) {
        replicas.clear();
        contradicted.clear();
        checkpointCovered(nowNanos);
    }

    /** A durable snapshot of this node covers a checkpoint that none did before. */
    void checkpointCovered(long nowNanos) {
        NodeView.Standing standing = view.standing();
        Optional<CheckpointDigests.Recorded> own = ownCheckpoint.get();
        if (own.isEmpty()) {
            return;
        }
        if (standing.role() == Role.LEADER) {
            coordinate(nowNanos, own.get());
        } else if (standing.leader().isPresent()) {
            transport.send(
                    standing.leader().get(),
                    new CheckpointReport(
                            standing.term(), own.get().at(), own.get().digest()));
        }
    }

    /** A replica's snapshot of a checkpoint is durable; the term was looked at before. */
    void reported(long nowNanos, NodeId from, CheckpointReport report) {
        if (view.standing().role() == Role.LEADER) {
            Replica replica = replicas.computeIfAbsent(from, unknown -> new Replica());
            replica.report = report;
            replica.reportedNanos = nowNanos;
            replica.attempts = 0;
            ownCheckpoint.get().ifPresent(own -> coordinate(nowNanos, own));
        }
    }

    /** A replica answered a request; the term was looked at before. */
    void answered(NodeId from, PurgeLogResponse response) {
        Replica replica = replicas.get(from);
        if (view.standing().role() != Role.LEADER || replica == null || replica.asked == null) {
            return;
        }
        if (response.success()) {
            replica.settled = replica.asked;
            return;
        }
        Optional<PurgeRefusal> refusal = response.refusal();
        LOG.info("purge refused node={} by={} reason={}", self, from, refusal);
        if (refusal.isPresent() && refusal.get() == PurgeRefusal.STATE_DIVERGED) {
            replica.settled = replica.asked;
            raiseAlarm(from, replica);
        } else if (refusal.isEmpty() || refusal.get() == PurgeRefusal.MALFORMED) {
            replica.settled = replica.asked;
        }
    }

    private void tick(long nowNanos) {
        ticking = false;
        if (view.standing().role() == Role.LEADER) {
            ownCheckpoint.get().ifPresent(own -> coordinate(nowNanos, own));
        }
    }

    private void coordinate(long nowNanos, CheckpointDigests.Recorded own) {
        RaftStatus status = raft.get();
        if (contradicted.contains(own.at()) || isContradicted(status.membership(), own)) {
            return;
        }
        boolean confirmed = isConfirmed(status.membership(), own);
        boolean waiting = false;
        for (Map.Entry<NodeId, PeerStatus> peer : status.peers().entrySet()) {
            Replica replica = replicas.computeIfAbsent(peer.getKey(), unknown -> new Replica());
            if (!own.at().equals(replica.settled)) {
                waiting |= request(nowNanos, own, confirmed, peer.getKey(), peer.getValue(), replica);
            }
        }
        waiting |= purgeOwn(status, own.at(), confirmed);
        if (waiting && !ticking) {
            ticking = true;
            long atNanos = nowNanos + retryNanos;
            loop.schedule(atNanos, () -> tick(atNanos));
        }
    }

    /** Asks one replica, if it is time; true when it has to be thought of again later. */
    private boolean request(
            long nowNanos,
            CheckpointDigests.Recorded own,
            boolean confirmed,
            NodeId peer,
            PeerStatus status,
            Replica replica) {
        boolean isNew = !own.at().equals(replica.asked);
        if (isNew) {
            replica.attempts = 0;
        }
        if (!status.recentlyActive() || replica.attempts >= ATTEMPTS_MAX) {
            return false;
        }
        CheckpointReport report = replica.report;
        boolean covers =
                report != null && report.lastIncluded().index() >= own.at().index();
        boolean differs = covers && contradicts(report, own);
        boolean hold = differs ? !confirmed && nowNanos - replica.reportedNanos < retryNanos : !covers && isNew;
        if (isNew) {
            // The first request follows the report; the ones after it also make up for a report that got lost.
            replica.asked = own.at();
            replica.askedNanos = nowNanos - (hold ? 0 : retryNanos);
        }
        if (!hold && nowNanos - replica.askedNanos >= retryNanos) {
            replica.askedNanos = nowNanos;
            replica.attempts++;
            transport.send(
                    peer,
                    new PurgeRequest(new PurgeLogRequest(
                            view.term(), self, view.commitIndex(), Optional.of(own.at()), own.digest())));
        }
        return true;
    }

    /**
     * Purges this node's own log, when a majority has the same state: a log is evidence until then. True when a
     * follower holds it up, and it has to be thought of again later.
     */
    private boolean purgeOwn(RaftStatus status, LogId checkpoint, boolean confirmed) {
        long wanted = checkpoint.index() - retention.entries();
        long slowest = Long.MAX_VALUE;
        for (PeerStatus peer : status.peers().values()) {
            if (peer.recentlyActive()) {
                slowest = Math.min(slowest, peer.matchIndex());
            }
        }
        long target = confirmed ? Math.min(wanted, slowest) : 0;
        boolean heldUp = confirmed && target < wanted;
        if (target < wanted && log.sizeBytes() > retention.logBytesMax()) {
            LOG.warn(
                    "log too large, purging all that is covered node={} bytes={} limit={} follower={} through={}",
                    self,
                    log.sizeBytes(),
                    retention.logBytesMax(),
                    slowest,
                    wanted);
            target = wanted;
            heldUp = false;
        }
        if (target > log.purgedIndex()) {
            log.purgeThrough(target);
        }
        return heldUp;
    }

    private boolean isConfirmed(Membership membership, CheckpointDigests.Recorded own) {
        if (own.digest().isEmpty()) {
            return true;
        }
        Set<NodeId> agreeing = new HashSet<>();
        agreeing.add(self);
        replicas.forEach((peer, replica) -> {
            CheckpointReport report = replica.report;
            if (report != null
                    && report.lastIncluded().equals(own.at())
                    && report.stateDigest().equals(own.digest())) {
                agreeing.add(peer);
            }
        });
        return membership.isQuorum(agreeing);
    }

    /** True, and acted upon, when a majority of the voters reported one other digest. */
    private boolean isContradicted(Membership membership, CheckpointDigests.Recorded own) {
        Map<Bytes, Set<NodeId>> others = new HashMap<>();
        replicas.forEach((peer, replica) -> {
            CheckpointReport report = replica.report;
            if (report != null && contradicts(report, own)) {
                others.computeIfAbsent(report.stateDigest(), digest -> new HashSet<>())
                        .add(peer);
            }
        });
        for (Set<NodeId> agreeing : others.values()) {
            if (membership.isQuorum(agreeing)) {
                contradicted.add(own.at());
                log.quarantine(own.at(), "the digest of this leader is contradicted by a majority: " + agreeing);
                raiseAlarm(self, replicas.computeIfAbsent(self, unknown -> new Replica()));
                return true;
            }
        }
        return false;
    }

    private static boolean contradicts(@Nullable CheckpointReport report, CheckpointDigests.Recorded own) {
        return report != null
                && report.lastIncluded().equals(own.at())
                && !report.stateDigest().isEmpty()
                && !own.digest().isEmpty()
                && !report.stateDigest().equals(own.digest());
    }

    private void raiseAlarm(NodeId node, Replica replica) {
        if (!replica.alarmed && !alarms.raised().contains(node)) {
            replica.alarmed = true;
            LOG.error("state diverged, raising the alarm node={} diverged={}", self, node);
            intake.proposeOwn(EntryKind.ALARM, new Alarm(node).encode());
        }
    }
}
