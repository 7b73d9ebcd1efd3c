package dev.quorate.engine;

import dev.quorate.raft.RaftOptions;
import java.time.Duration;

/**
 * The settings of one node: every limit, every time, with defaults that are safe for production. Immutable; change it
 * with the {@code with} methods.
 *
 * <p>Two defaults are not numbers: reads are {@link ReadConsistency#LINEARIZABLE} unless the call says otherwise, and
 * every write is synced to disk before it counts (that is a property of the {@link dev.quorate.spi.Storage} which the
 * node is given).
 *
 * @param raft times and flow control of the protocol: election timeout 1 s, drawn from [1 s, 2 s); heartbeat 100 ms
 * @param snapshotPolicy when a snapshot is due: after 1,000,000 entries or 256 MiB, at most once in 10 s
 * @param snapshotTransfer how snapshots are streamed: chunks of 1 MiB, four unanswered at a time
 * @param retention how much of log and snapshots is kept
 * @param limits the size of every queue and batch
 * @param timeouts how long requests wait, and when attempts are repeated
 * @param sessions the limits of client sessions
 * @param forwarding whether a node that does not lead sends proposals and changes of membership on to the leader, so
 *     that any node takes any request: no. Without, it refuses them with {@link dev.quorate.spi.NotLeaderException},
 *     and a program that is a client of several nodes goes to the leader itself, which saves a hop
 */
public record NodeOptions(
        RaftOptions raft,
        SnapshotPolicy snapshotPolicy,
        SnapshotConfig snapshotTransfer,
        Retention retention,
        Limits limits,
        Timeouts timeouts,
        Sessions sessions,
        boolean forwarding) {

    /** The defaults that the parameters and the nested records name. */
    public static final NodeOptions DEFAULTS = new NodeOptions(
            RaftOptions.DEFAULTS,
            SnapshotPolicy.withCoolDown(Duration.ofSeconds(10), SnapshotPolicy.logSize(1_000_000, 256L << 20)),
            SnapshotConfig.DEFAULTS,
            Retention.DEFAULTS,
            Limits.DEFAULTS,
            Timeouts.DEFAULTS,
            Sessions.DEFAULTS,
            false);

    public NodeOptions {
        if (limits.proposalBytesMax() > raft.uncommittedBytesMax()) {
            throw new IllegalArgumentException("limits.proposalBytesMax is " + limits.proposalBytesMax()
                    + ", must be at most raft.uncommittedBytesMax of " + raft.uncommittedBytesMax());
        }
    }

    /** These options with other settings of the protocol. */
    public NodeOptions withRaft(RaftOptions other) {
        return new NodeOptions(
                other, snapshotPolicy, snapshotTransfer, retention, limits, timeouts, sessions, forwarding);
    }

    /** These options with this election timeout, and a heartbeat and a clock drift of a tenth of it. */
    public NodeOptions withElectionTimeout(Duration electionTimeout) {
        long nanos = electionTimeout.toNanos();
        return withRaft(new RaftOptions(
                nanos,
                Math.max(1, nanos / 10),
                nanos / 10,
                raft.appendEntriesMax(),
                raft.appendBytesMax(),
                raft.inFlightMessagesMax(),
                raft.inFlightBytesMax(),
                raft.uncommittedBytesMax(),
                raft.pendingReadsMax(),
                raft.priority()));
    }

    /** These options with another priority: how gladly the node leads, see {@link RaftOptions#priority}. */
    public NodeOptions withPriority(int priority) {
        return withRaft(raft.withPriority(priority));
    }

    /** These options with another snapshot policy. */
    public NodeOptions withSnapshotPolicy(SnapshotPolicy other) {
        return new NodeOptions(raft, other, snapshotTransfer, retention, limits, timeouts, sessions, forwarding);
    }

    /** These options with other settings of snapshot transfers. */
    public NodeOptions withSnapshotTransfer(SnapshotConfig other) {
        return new NodeOptions(raft, snapshotPolicy, other, retention, limits, timeouts, sessions, forwarding);
    }

    /** These options with another retention. */
    public NodeOptions withRetention(Retention other) {
        return new NodeOptions(raft, snapshotPolicy, snapshotTransfer, other, limits, timeouts, sessions, forwarding);
    }

    /** These options, keeping this many entries behind a snapshot. */
    public NodeOptions withRetainedEntries(long entries) {
        return withRetention(new Retention(entries, retention.logBytesMax(), retention.snapshots()));
    }

    /** These options with other limits. */
    public NodeOptions withLimits(Limits other) {
        return new NodeOptions(
                raft, snapshotPolicy, snapshotTransfer, retention, other, timeouts, sessions, forwarding);
    }

    /** These options with other timeouts. */
    public NodeOptions withTimeouts(Timeouts other) {
        return new NodeOptions(raft, snapshotPolicy, snapshotTransfer, retention, limits, other, sessions, forwarding);
    }

    /** These options with other limits of client sessions. */
    public NodeOptions withSessions(Sessions other) {
        return new NodeOptions(raft, snapshotPolicy, snapshotTransfer, retention, limits, timeouts, other, forwarding);
    }

    /** These options, with requests sent on to the leader or not; see {@link #forwarding}. */
    public NodeOptions withForwarding(boolean on) {
        return new NodeOptions(raft, snapshotPolicy, snapshotTransfer, retention, limits, timeouts, sessions, on);
    }

    /** What of these options the handler goes by. */
    HandlerOptions handler() {
        return new HandlerOptions(
                limits.readsMax(),
                retention.snapshots(),
                retention.entries(),
                HandlerOptions.DEFAULTS.checkpointDigestsMax(),
                sessions.answersBytesMax(),
                snapshotTransfer);
    }

    /** Apart from the options, so that a nested record can be made before anybody has touched {@link #DEFAULTS}. */
    private static final class Bound {
        private static void requireAtLeast(long least, String name, long value) {
            if (value < least) {
                throw new IllegalArgumentException(name + " is " + value + ", must be at least " + least);
            }
        }

        private static void requireAtMost(long most, String name, long value) {
            if (value > most) {
                throw new IllegalArgumentException(name + " is " + value + ", must be at most " + most);
            }
        }
    }

    /**
     * How much is kept.
     *
     * @param entries how many entries stay in the log behind a snapshot, so that a follower that was away for a moment
     *     catches up from the log: 10,000
     * @param logBytesMax the size of the log above which even the entries that a live follower still needs are purged,
     *     which costs it a snapshot transfer: 8 GiB
     * @param snapshots how many finished snapshots are kept: 2
     */
    public record Retention(long entries, long logBytesMax, int snapshots) {
        /** The defaults that the parameters name. */
        public static final Retention DEFAULTS = new Retention(10_000, 8L << 30, 2);

        public Retention {
            Bound.requireAtLeast(0, "retention.entries", entries);
            Bound.requireAtLeast(1, "retention.logBytesMax", logBytesMax);
            Bound.requireAtLeast(1, "retention.snapshots", snapshots);
        }
    }

    /**
     * The limits of queues and batches. A full queue refuses with {@link dev.quorate.spi.OverloadedException}.
     *
     * @param proposalBytesMax the largest command: 1.5 MiB and 64 KiB for what an encoding adds
     * @param proposalsMax the most proposals that are taken and not answered: 32,768
     * @param proposalsBytesMax the most bytes in them: 128 MiB
     * @param readsMax the most reads that wait: 65,536
     * @param peerMessagesMax the most messages of peers that wait for LOOP, more are dropped: 16,384
     * @param cacheEntriesMax the most entries that are kept in memory beside those that are not durable yet: 65,536
     * @param cacheBytesMax the most bytes in them: 64 MiB
     * @param applyBatchEntriesMax the most entries applied at a time: 4,096
     * @param applyBatchBytesMax the most bytes in them, a single larger entry excepted: 4 MiB
     */
    public record Limits(
            int proposalBytesMax,
            int proposalsMax,
            long proposalsBytesMax,
            int readsMax,
            int peerMessagesMax,
            int cacheEntriesMax,
            long cacheBytesMax,
            int applyBatchEntriesMax,
            int applyBatchBytesMax) {

        /** The defaults that the parameters name. */
        public static final Limits DEFAULTS = new Limits(
                (3 << 19) + (64 << 10), 32_768, 128L << 20, 65_536, 16_384, 65_536, 64L << 20, 4096, 4 << 20);

        public Limits {
            Bound.requireAtLeast(1, "limits.proposalBytesMax", proposalBytesMax);
            Bound.requireAtLeast(1, "limits.proposalsMax", proposalsMax);
            Bound.requireAtLeast(proposalBytesMax, "limits.proposalsBytesMax", proposalsBytesMax);
            Bound.requireAtLeast(1, "limits.readsMax", readsMax);
            Bound.requireAtLeast(1, "limits.peerMessagesMax", peerMessagesMax);
            Bound.requireAtLeast(1, "limits.cacheEntriesMax", cacheEntriesMax);
            Bound.requireAtLeast(1, "limits.cacheBytesMax", cacheBytesMax);
            Bound.requireAtLeast(1, "limits.applyBatchEntriesMax", applyBatchEntriesMax);
            Bound.requireAtLeast(1, "limits.applyBatchBytesMax", applyBatchBytesMax);
        }

        /** These limits with other limits of proposals. */
        public Limits withProposals(int bytesMax, int inFlightMax, long inFlightBytesMax) {
            return new Limits(
                    bytesMax,
                    inFlightMax,
                    inFlightBytesMax,
                    readsMax,
                    peerMessagesMax,
                    cacheEntriesMax,
                    cacheBytesMax,
                    applyBatchEntriesMax,
                    applyBatchBytesMax);
        }

        /** These limits with another limit of reads that wait. */
        public Limits withReads(int inFlightMax) {
            return new Limits(
                    proposalBytesMax,
                    proposalsMax,
                    proposalsBytesMax,
                    inFlightMax,
                    peerMessagesMax,
                    cacheEntriesMax,
                    cacheBytesMax,
                    applyBatchEntriesMax,
                    applyBatchBytesMax);
        }

        /** These limits with another size of the entry cache. */
        public Limits withCache(int entriesMax, long bytesMax) {
            return new Limits(
                    proposalBytesMax,
                    proposalsMax,
                    proposalsBytesMax,
                    readsMax,
                    peerMessagesMax,
                    entriesMax,
                    bytesMax,
                    applyBatchEntriesMax,
                    applyBatchBytesMax);
        }
    }

    /**
     * How long things wait.
     *
     * @param proposal after this time a proposal without an answer fails with
     *     {@link dev.quorate.spi.OutcomeUnknownException}: 10 s
     * @param proposalQueue proposals are refused while those before them take longer than this, as it looks; 1,024 are
     *     taken in any case: 50 ms
     * @param read after this time a read without an answer fails with
     *     {@link dev.quorate.spi.DeadlineExceededException}: 10 s
     * @param purgeRetry the time between attempts to purge at a replica that could not yet: 1 s
     * @param diskFullRetry the time between attempts to write while the disk is full: 500 ms
     */
    public record Timeouts(
            Duration proposal, Duration proposalQueue, Duration read, Duration purgeRetry, Duration diskFullRetry) {
        /** The defaults that the parameters name. */
        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(10),
                Duration.ofMillis(50),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofMillis(500));

        /** These times, and the default for the queue of proposals. */
        public Timeouts(Duration proposal, Duration read, Duration purgeRetry, Duration diskFullRetry) {
            this(proposal, Duration.ofMillis(50), read, purgeRetry, diskFullRetry);
        }

        public Timeouts {
            Bound.requireAtLeast(1, "timeouts.proposal in ms", proposal.toMillis());
            Bound.requireAtLeast(1, "timeouts.proposalQueue in ms", proposalQueue.toMillis());
            Bound.requireAtLeast(1, "timeouts.read in ms", read.toMillis());
            Bound.requireAtLeast(1, "timeouts.purgeRetry in ms", purgeRetry.toMillis());
            Bound.requireAtLeast(1, "timeouts.diskFullRetry in ms", diskFullRetry.toMillis());
        }
    }

    /**
     * The limits of client sessions. Those of a session are written into the entry that opens it, so that they hold at
     * every replica whatever its own options are; the last two are this node's alone.
     *
     * @param timeout how long a session may be silent, in the time of the cluster: 1 h
     * @param inFlightMax the most commands of a session that are not answered: 32
     * @param sessionsMax the most sessions of the cluster at which this node may open one more: 10,000
     * @param answersBytesMax the most bytes of answers that this node keeps for commands that come again: 64 MiB
     * @param patience how long a command of a session is tried again before its caller is told: 30 s
     */
    public record Sessions(
            Duration timeout, int inFlightMax, int sessionsMax, long answersBytesMax, Duration patience) {
        /** The defaults that the parameters name. */
        public static final Sessions DEFAULTS =
                new Sessions(Duration.ofHours(1), 32, 10_000, 64L << 20, Duration.ofSeconds(30));

        public Sessions {
            Bound.requireAtLeast(1, "sessions.timeout in ms", timeout.toMillis());
            Bound.requireAtMost(SessionEntry.TIMEOUT_MILLIS_MAX, "sessions.timeout in ms", timeout.toMillis());
            Bound.requireAtLeast(1, "sessions.inFlightMax", inFlightMax);
            Bound.requireAtMost(SessionEntry.IN_FLIGHT_MAX, "sessions.inFlightMax", inFlightMax);
            Bound.requireAtLeast(1, "sessions.sessionsMax", sessionsMax);
            Bound.requireAtMost(SessionEntry.SESSIONS_MAX, "sessions.sessionsMax", sessionsMax);
            Bound.requireAtLeast(0, "sessions.answersBytesMax", answersBytesMax);
            Bound.requireAtLeast(1, "sessions.patience in ms", patience.toMillis());
        }
    }
}
