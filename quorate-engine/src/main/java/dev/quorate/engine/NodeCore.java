package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Raft;
import dev.quorate.raft.RaftStatus;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.Transport;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node without threads: its four cycles, put together. {@link QuorateNode} gives each cycle a thread;
 * {@link SteppedNode} lets a test or a simulation step them.
 */
final class NodeCore {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCore.class);
    private static final int CLOSING_STEPS_MAX = 10_000;

    private final NodeSettings settings;
    private final CompletableFuture<NodeHaltedException> halted = new CompletableFuture<>();
    private final Halt halt = new Halt(this::onHalt);
    private final DutyCycle loop;
    private final DutyCycle log;
    private final DutyCycle apply;
    private final DutyCycle bulk;
    private final OpenStorage storage;
    private final Transport transport;
    private final Arrivals arrivals;
    private final Answers answers;
    private final Alarms alarms;
    private final NodeView view;
    private final DefaultStateMachineHandler handler;
    private final ProposalDesk proposals;
    private final ReadDesk reads;
    private final SnapshotSenders senders;
    private final IncomingSnapshots incoming;
    private final LeaderWaiters leaders;
    private final RejoinWatch rejoin;
    private final NodeCounts counts = new NodeCounts();
    private final Forwarding forwarding;

    /** Recovers the storage and puts the node together; nothing is sent or received before {@link #begin}. */
    NodeCore(NodeSettings settings, CoreObserver observer) {
        this.settings = settings;
        NanoClock clock = settings.clock();
        NodeOptions options = settings.options();
        NodeId self = settings.id();
        Recovery recovery = Recovery.run(settings);
        storage = recovery.storage();
        transport = settings.transport().orElse(NoTransport.INSTANCE);
        loop = new DutyCycle("LOOP", clock, halt);
        log = new DutyCycle("LOG", clock, halt);
        apply = new DutyCycle("APPLY", clock, halt);
        bulk = new DutyCycle("BULK", clock, halt);
        arrivals = new Arrivals(loop, options.limits().peerMessagesMax());
        answers = new Answers(settings.callbackExecutor(), apply);
        alarms = new Alarms(self);
        long nowNanos = clock.nanoTime();
        Raft raft = new Raft(self, options.raft(), recovery.raft(), nowNanos, nowNanos * 0x9E3779B97F4A7C15L);
        view = new NodeView(raft.status());
        proposals = new ProposalDesk(loop, answers, options, clock, counts);
        PendingProposals pending = new PendingProposals(proposals);
        SnapshotInstalls installs = new SnapshotInstalls(loop);
        HandlerEnvironment environment = new HandlerEnvironment(
                self,
                clock,
                apply,
                bulk,
                loop,
                view::term,
                installs,
                new NodeEvents(self, loop, pending, alarms, halt));
        handler = new DefaultStateMachineHandler(
                environment,
                settings.stateMachine(),
                storage,
                options.snapshotPolicy(),
                options.handler(),
                recovery.state());
        reads = new ReadDesk(
                loop,
                apply,
                handler,
                view,
                clock,
                answers,
                settings.stateMachine().readsConcurrently(),
                options,
                counts.reads());
        senders = new SnapshotSenders(
                environment,
                handler,
                options.snapshotTransfer(),
                () -> storage.log().purged().index(),
                transport::send);
        incoming = new IncomingSnapshots(environment, handler, options.snapshotTransfer(), transport, loop);
        leaders = new LeaderWaiters(loop, view, answers);
        EntryCache cache = new EntryCache(
                options.limits().cacheEntriesMax(),
                options.limits().cacheBytesMax(),
                recovery.raft().last().index());
        rejoin = new RejoinWatch(raft, log, storage);
        forwarding = forwarding(raft, nowNanos);
        beginDuties(
                raft, pending, installs, cache, new ClusterTime(clock, recovery.lastTimeMillis()), observer, nowNanos);
    }

    private void beginDuties(
            Raft raft,
            PendingProposals pending,
            SnapshotInstalls installs,
            EntryCache cache,
            ClusterTime time,
            CoreObserver observer,
            long nowNanos) {
        NodeOptions options = settings.options();
        NodeId self = settings.id();
        PendingChanges changes = new PendingChanges(forwarding);
        ProposalIntake intake = intake(pending, cache, time, forwarding);
        LogPurges purges = new LogPurges(loop, log, storage.log(), handler, transport);
        LoopParts parts = new LoopParts(
                self,
                view,
                loop,
                log,
                apply,
                handler,
                transport,
                arrivals,
                cache,
                time,
                intake,
                new PendingReads(self, reads),
                installs,
                incoming,
                senders,
                new PeerLanes(transport, cache, storage.log(), loop, bulk, raft::term),
                new SnapshotTrigger(handler, view, intake, options.raft().electionTimeoutNanos()),
                purges,
                new PurgeCoordinator(
                        self,
                        view,
                        alarms,
                        transport,
                        intake,
                        handler::coveredCheckpoint,
                        raft::status,
                        purges,
                        options,
                        loop),
                changes,
                forwarding,
                new ForwardedArrivals(self, transport, proposals, intake, changes, answers, raft.term()),
                leaders,
                counts.roundTrips(),
                rejoin);
        loop.begin(new LoopDuty(
                raft,
                parts,
                observer,
                new LeaderPatience(
                        LeaderPatience.ELECTION_TIMEOUTS * options.raft().electionTimeoutNanos()),
                options.raft().heartbeatNanos(),
                nowNanos));
        log.begin(new LogDuty(
                storage.log(),
                new LogAcknowledgements(settings.id(), loop),
                options.timeouts().diskFullRetry().toNanos(),
                settings.clock(),
                counts.logSyncs()));
        apply.begin(new ApplyDuty(
                handler, cache, storage.log(), pending, reads, options.limits(), settings.clock(), counts.applies()));
    }

    private Forwarding forwarding(Raft raft, long nowNanos) {
        // The clock tells the lives of a node apart; the id is mixed in, so that two nodes do not share a number.
        long life = (nowNanos ^ Long.rotateLeft(settings.id().value(), 32)) * 0xBF58476D1CE4E5B9L;
        LandedProposals landed = new LandedProposals(proposals, reads, apply, handler, answers);
        return new Forwarding(transport, proposals, landed, raft::term, life, settings.options());
    }

    private ProposalIntake intake(PendingProposals pending, EntryCache cache, ClusterTime time, Forwarding forwarding) {
        return new ProposalIntake(
                settings.id(),
                proposals,
                pending,
                cache,
                time,
                forwarding,
                settings.options().timeouts().proposal().toNanos(),
                at -> loop.schedule(
                        at,
                        () -> apply.execute(
                                () -> pending.expire(settings.clock().nanoTime()))));
    }

    /** Lets the messages of peers in. */
    void begin() {
        transport.membershipChanged(view.picture().membership());
        transport.start(arrivals);
    }

    /**
     * Ends the node, on a thread that alone steps the cycles now: what waits is failed, everything is closed.
     *
     * @param reason what requests that were not handed to the log are told
     */
    void close(QuorateException reason) {
        transport.close();
        handler.stop();
        finishLeftWork();
        loop.close(reason);
        log.close(reason);
        bulk.close(reason);
        apply.close(reason);
        try {
            settings.stateMachine().close();
            storage.close();
        } catch (IOException e) {
            LOG.warn("not closed cleanly node={} reason={}", settings.id(), e.toString());
        }
        LOG.info("closed node={}", settings.id());
    }

    /**
     * What runs in several pieces, a snapshot being written for instance, ends by itself when it is told so; it needs
     * steps for that.
     */
    private void finishLeftWork() {
        int done = 1;
        for (int step = 0; step < CLOSING_STEPS_MAX && done > 0; step++) {
            done = apply.doWork() + bulk.doWork();
        }
    }

    private void onHalt(NodeHaltedException cause) {
        LOG.error("halted node={} reason={}", settings.id(), cause.getMessage(), cause);
        for (Duties duty : Duties.values()) {
            cycle(duty).wake();
        }
        answers.deliverFromAnywhere(() -> halted.complete(cause));
    }

    DutyCycle cycle(Duties which) {
        return switch (which) {
            case LOOP -> loop;
            case LOG -> log;
            case APPLY -> apply;
            case BULK -> bulk;
        };
    }

    NodeSettings settings() {
        return settings;
    }

    Answers answers() {
        return answers;
    }

    NodeView view() {
        return view;
    }

    DefaultStateMachineHandler handler() {
        return handler;
    }

    ProposalDesk proposals() {
        return proposals;
    }

    /** Hands in a change of membership or leader; any thread. */
    <T> CompletableFuture<T> change(ChangeRequest<T> request) {
        return request.submit(loop);
    }

    ReadDesk reads() {
        return reads;
    }

    LeaderWaiters leaders() {
        return leaders;
    }

    /** Why the node halted; null while it runs. Any thread. */
    @Nullable
    NodeHaltedException haltCause() {
        return halt.cause();
    }

    CompletableFuture<NodeHaltedException> halted() {
        return halted;
    }

    private static LogId later(LogId a, LogId b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** What the node has done; any thread. */
    NodeMetrics metrics() {
        return new NodeMetrics(
                counts.proposals().picture(),
                counts.peerProposals().picture(),
                counts.reads().picture(),
                counts.logSyncs().picture(),
                counts.applies().picture(),
                counts.roundTrips().picture(),
                new NodeMetrics.Queues(
                        proposals.room(),
                        arrivals.waiting(),
                        arrivals.waitingBytes(),
                        forwarding.underWay(),
                        handler.waiters()),
                handler.snapshots());
    }

    /** A picture of the node; any thread. */
    boolean isLearner() {
        return view.picture().membership().learners().contains(settings.id());
    }

    NodeStatus status() {
        NodeView.Standing standing = view.standing();
        RaftStatus picture = view.picture();
        NavigableMap<NodeId, NodeStatus.Transfer> transfers = new TreeMap<>();
        incoming.forEachProgress(transfers::put);
        for (SnapshotSender.Progress now : senders.progress()) {
            transfers.put(
                    now.to(),
                    new NodeStatus.Transfer(
                            false, now.lastIncluded(), now.bytesDone(), now.bytesTotal(), now.bytesPerSecond()));
        }
        return new NodeStatus(
                settings.identity().clusterId(),
                settings.id(),
                standing.role(),
                standing.term(),
                standing.leader(),
                later(picture.last(), storage.log().last()),
                view.commitIndex(),
                handler.lastApplied(),
                handler.getLatestSnapshotMetadata()
                        .map(SnapshotMetadata::lastIncluded)
                        .orElse(LogId.ZERO),
                storage.log().purged(),
                storage.log().sizeBytes(),
                picture.membership(),
                picture.membershipIndex(),
                picture.removed(),
                picture.peers(),
                alarms.raised(),
                handler.quarantine(),
                rejoin.isRejoining(),
                proposals.inFlight(),
                reads.inFlight(),
                arrivals.dropped(),
                transfers,
                handler.sessions(),
                Optional.ofNullable(halt.cause()).map(NodeHaltedException::getMessage));
    }
}
