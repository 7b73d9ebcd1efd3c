package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChangeFormat;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.Storage;
import dev.quorate.spi.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One member of a Raft group, running in this process: it replicates commands, applies them to the state machine it was
 * given, and answers reads. All methods may be called by any thread, and none blocks but {@link #close}.
 *
 * <p>Every failure of a future is a {@link dev.quorate.spi.QuorateException}, whose {@code retry()} says whether asking
 * again is safe. Futures complete on the callback executor of the builder, many in one task: what is chained to one
 * without an executor of its own must not wait for another.
 */
public final class QuorateNode implements AutoCloseable {
    private static final long READY_RETRY_NANOS = 10_000_000;

    private final NodeCore core;
    private final Runnable closing;
    private final OpenCalls calls = new OpenCalls();
    private final SessionDesk sessions;
    private final AtomicBoolean closed = new AtomicBoolean();

    QuorateNode(NodeCore core, Runnable closing) {
        this.core = core;
        this.closing = closing;
        this.sessions = new SessionDesk(core, calls);
        var unused = core.halted().thenAccept(calls::failAll);
    }

    /** The settings of a node, to be filled in. */
    public static Builder builder() {
        return new Builder();
    }

    /** The identity of this node. */
    public NodeId id() {
        return core.settings().id();
    }

    /**
     * Replicates a command and applies it. At a node that knows no leader it waits for one for up to three election
     * timeouts, so that a node can be used as soon as it is started.
     *
     * @param command what {@link StateMachine#apply} gets, at most {@code limits.proposalBytesMax} bytes, not changed
     *     by the caller afterwards
     * @return what {@code apply} answered, when the command is durable on a quorum and applied here. Fails with
     *     {@link dev.quorate.spi.NotLeaderException} (ask the leader it names),
     *     {@link dev.quorate.spi.OverloadedException}, {@link dev.quorate.spi.WritesStoppedException} (disk full) or
     *     {@link dev.quorate.spi.NodeStoppedException}, in which cases the command never takes effect; with
     *     {@link dev.quorate.spi.OutcomeUnknownException} when it may have, or still may
     */
    public CompletableFuture<Bytes> propose(Bytes command) {
        NodeHaltedException halted = core.haltCause();
        return halted == null ? core.proposals().propose(command) : CompletableFuture.failedFuture(halted);
    }

    /**
     * Opens a session, whose commands take effect exactly once; with the limits of {@link NodeOptions#sessions}.
     *
     * @return the session. Fails as {@link #propose}, and with {@link dev.quorate.spi.OverloadedException} while the
     *     cluster has too many sessions. When the outcome is unknown, a session may be left over, which ends by its
     *     timeout
     */
    public CompletableFuture<ClientSession> openSession() {
        QuorateException ended = ended();
        return ended == null ? sessions.open() : CompletableFuture.failedFuture(ended);
    }

    /**
     * Goes on with a session that was opened here or at another node, and is not used there any more.
     *
     * @param id its {@link ClientSession#id}
     * @param nextSequence the first sequence that has no answer yet, see {@link ClientSession#firstUnanswered}: what
     *     was proposed from there on is to be proposed again, in the same order
     */
    public ClientSession resumeSession(long id, long nextSequence) {
        return sessions.resume(id, nextSequence);
    }

    /** How long a session that is opened here may be silent. */
    public Duration sessionTimeout() {
        return core.settings().options().sessions().timeout();
    }

    /** A {@link ReadConsistency#LINEARIZABLE} read. */
    public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> reading) {
        return read(ReadConsistency.LINEARIZABLE, reading);
    }

    /**
     * Reads the state machine in the application's own way. Where no leader is known, it waits for one as
     * {@link #propose} does.
     *
     * @param reading called once when the state is fresh enough: on the callback executor or the caller's thread when
     *     {@link StateMachine#readsConcurrently()}, else on the thread that applies, where it must be short
     * @return what {@code reading} returned, or failed with what it threw. Fails with
     *     {@link dev.quorate.spi.DeadlineExceededException}, {@link dev.quorate.spi.NotLeaderException} (no leader
     *     known), {@link dev.quorate.spi.OverloadedException} or {@link dev.quorate.spi.ReadUnavailableException}; all
     *     of them may be retried
     */
    public <T extends @Nullable Object> CompletableFuture<T> read(ReadConsistency consistency, Supplier<T> reading) {
        QuorateException ended = ended();
        return ended == null
                ? core.reads().read(consistency, () -> core.handler().readState(reading))
                : CompletableFuture.failedFuture(ended);
    }

    /**
     * Reads keys from one applied state, through {@link StateMachineHandler#readFromStateMachine}.
     *
     * @return a pair for each key in the order asked; empty when any key is missing; fails as
     *     {@link #read(ReadConsistency, Supplier)}
     */
    public CompletableFuture<Optional<List<KeyValue>>> read(ReadConsistency consistency, List<Bytes> keys) {
        QuorateException ended = ended();
        return ended == null
                ? core.reads().read(consistency, () -> core.handler().readFromStateMachine(keys))
                : CompletableFuture.failedFuture(ended);
    }

    /** Makes a snapshot of this replica now, and of no other; the log is not purged by it. */
    public CompletableFuture<Snapshot> snapshot() {
        CompletableFuture<Snapshot> result = calls.track(new CompletableFuture<>());
        if (!result.isDone()) {
            var unused = core.handler()
                    .createSnapshot()
                    .whenComplete((snapshot, failure) -> core.answers().deliverFromAnywhere(() -> {
                        if (failure == null) {
                            result.complete(snapshot);
                        } else {
                            result.completeExceptionally(cause(failure));
                        }
                    }));
        }
        return result;
    }

    /**
     * Has every replica make a snapshot at one index, after which the logs are purged; what the snapshot policy does by
     * itself. Leader only.
     *
     * @return the position of the checkpoint, when it is applied here; fails as {@link #propose}
     */
    public CompletableFuture<LogId> checkpoint() {
        NodeHaltedException halted = core.haltCause();
        return halted == null
                ? core.proposals().propose(EntryKind.CHECKPOINT, Bytes.EMPTY)
                : CompletableFuture.failedFuture(halted);
    }

    /**
     * Changes who belongs to the cluster (Raft §6): leader only, one change at a time, and each may be asked for again.
     * Nodes that are to vote catch up first; that may take as long as a transfer of the state.
     *
     * @return the membership when it is committed. Fails with {@link dev.quorate.spi.NotLeaderException},
     *     {@link dev.quorate.spi.ChangeRefusedException} (another change is under way, a learner lags or did not catch
     *     up; the message says which), {@link dev.quorate.spi.WritesStoppedException} (disk full),
     *     {@link dev.quorate.spi.InvalidRequestException} or {@link dev.quorate.spi.NodeStoppedException}, after which
     *     the voters are the same as before; with {@link dev.quorate.spi.OutcomeUnknownException} when this node lost
     *     its leadership on the way: the next leader completes the change if it was far enough
     */
    public CompletableFuture<Membership> reconfigure(MembershipChange change) {
        QuorateException ended = ended();
        if (ended == null) {
            ended = invalid(change);
        }
        return ended == null
                ? core.change(new ChangeRequest.Reconfigure(core.answers(), change))
                : CompletableFuture.failedFuture(ended);
    }

    private boolean isOfOwnAddress(MembershipChange change) {
        if (change instanceof MembershipChange.UpdateAddress update) {
            return update.id().equals(id());
        }
        return change instanceof MembershipChange.ExchangeAddress exchange
                && exchange.id().equals(id());
    }

    private @Nullable InvalidRequestException invalid(MembershipChange change) {
        if (core.settings().transport().isEmpty() && !isOfOwnAddress(change)) {
            return new InvalidRequestException("node " + id() + " has no transport, and so stays alone");
        }
        try {
            // Whether it fits the limits of the format: behind this, nobody could refuse it any more.
            ChangeFormat.encode(change);
            return null;
        } catch (IllegalArgumentException tooLarge) {
            return new InvalidRequestException(String.valueOf(tooLarge.getMessage()));
        }
    }

    /**
     * Hands the leadership over to a voter (thesis §3.10): leader only. Proposals are refused meanwhile, which may be
     * retried.
     *
     * @return the new leader, when it is known here. Fails with {@link dev.quorate.spi.NotLeaderException},
     *     {@link dev.quorate.spi.InvalidRequestException} (no voter), {@link dev.quorate.spi.ChangeRefusedException}
     *     (the target did not take over within an election timeout, or another transfer is under way) or
     *     {@link dev.quorate.spi.NodeStoppedException}, after which this node leads on if it led; with
     *     {@link dev.quorate.spi.OutcomeUnknownException} when no new leader was heard of in time
     */
    public CompletableFuture<NodeId> transferLeadership(NodeId to) {
        return transferLeadership(Optional.of(to));
    }

    /** As {@link #transferLeadership(NodeId)}, to the voter of the highest priority, then with the longest log. */
    public CompletableFuture<NodeId> transferLeadership() {
        return transferLeadership(Optional.empty());
    }

    /** A picture of the node at this moment. */
    public NodeStatus status() {
        return core.status();
    }

    /** What the node has done since it started and how long it took. */
    public NodeMetrics metrics() {
        return core.metrics();
    }

    /** True while the node is a learner, as far as it knows; as {@link #status} says, at the price of a look. */
    public boolean isLearner() {
        return core.isLearner();
    }

    /**
     * The leader, as soon as this node knows one; fails with {@link dev.quorate.spi.NotLeaderException} after the
     * timeout.
     */
    public CompletableFuture<NodeId> awaitLeader(Duration timeout) {
        return core.leaders().await(core.settings().clock().nanoTime() + timeout.toNanos());
    }

    /**
     * Completes when this node answers linearizable reads: it knows a leader that a quorum follows, and has applied all
     * that was committed. Fails after the timeout with the reason of the last attempt.
     */
    public CompletableFuture<Void> ready(Duration timeout) {
        CompletableFuture<Void> result = calls.track(new CompletableFuture<>());
        long deadlineNanos = core.settings().clock().nanoTime() + timeout.toNanos();
        ReadUnavailableException late = new ReadUnavailableException(
                "node " + id() + " answered no linearizable read within " + timeout.toMillis() + " ms");
        // A moment later than the last attempt, which knows the reason, unless that attempt takes longer.
        Cycle.Timer timer = core.cycle(Duties.LOOP)
                .schedule(
                        deadlineNanos + READY_RETRY_NANOS,
                        () -> core.answers().deliverFromAnywhere(() -> result.completeExceptionally(late)));
        var unused = result.whenComplete((ready, failure) -> timer.cancel());
        tryRead(deadlineNanos, result);
        return result;
    }

    /** Completes when the node stops because of a fault; never when it is closed. */
    public CompletableFuture<NodeHaltedException> halted() {
        return core.halted();
    }

    /**
     * Stops the node and waits for its threads. Requests that have not been handed to the log fail with
     * {@link dev.quorate.spi.NodeStoppedException}, the others with {@link dev.quorate.spi.OutcomeUnknownException}.
     * The state machine, the storage and the transport are closed too. Must not be called by a callback that a direct
     * executor runs.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closing.run();
            calls.failAll(new NodeStoppedException("node " + id() + " was closed"));
        }
    }

    /** Waits for a leader, reads, and begins again after a moment when that failed. */
    private void tryRead(long deadlineNanos, CompletableFuture<Void> result) {
        var unused = core.leaders()
                .await(deadlineNanos)
                .thenCompose(leader -> read(ReadConsistency.LINEARIZABLE, () -> leader))
                .whenComplete((leader, failure) -> {
                    if (failure == null) {
                        result.complete(null);
                    } else if (result.isDone() || core.settings().clock().nanoTime() - deadlineNanos >= 0) {
                        result.completeExceptionally(cause(failure));
                    } else {
                        core.cycle(Duties.LOOP)
                                .schedule(
                                        core.settings().clock().nanoTime() + READY_RETRY_NANOS,
                                        () -> tryRead(deadlineNanos, result));
                    }
                });
    }

    private CompletableFuture<NodeId> transferLeadership(Optional<NodeId> to) {
        QuorateException ended = ended();
        return ended == null
                ? core.change(new ChangeRequest.Transfer(core.answers(), to))
                : CompletableFuture.failedFuture(ended);
    }

    private @Nullable QuorateException ended() {
        return closed.get() ? new NodeStoppedException("node " + id() + " was closed") : core.haltCause();
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /**
     * Collects what a node needs. Required: a storage and a state machine; and a transport when there are other
     * members.
     */
    public static final class Builder {
        private NodeId id = NodeId.of(1);
        private long clusterId = 1;
        private @Nullable Map<NodeId, String> members;
        private boolean joining;
        private @Nullable Storage storage;
        private @Nullable StateMachine stateMachine;
        private @Nullable Transport transport;
        private NodeOptions options = NodeOptions.DEFAULTS;
        private NanoClock clock = NanoClock.system();
        private Executor callbackExecutor = ForkJoinPool.commonPool();

        private Builder() {}

        /** The identity of the node; 1 when not given. */
        public Builder id(NodeId id) {
            this.id = id;
            return this;
        }

        /** The cluster the node belongs to, not 0; 1 when not given. A directory of another cluster is refused. */
        public Builder clusterId(long clusterId) {
            this.clusterId = clusterId;
            return this;
        }

        /**
         * The voters at the first start of the cluster and the address of each, for transports that need one; ignored
         * later, when the log knows the members. Only the node itself when not given.
         */
        public Builder members(Map<NodeId, String> addresses) {
            this.members = Map.copyOf(addresses);
            return this;
        }

        /** As {@link #members(Map)}, for a transport that needs no addresses. */
        public Builder members(NodeId... members) {
            SortedMap<NodeId, String> addresses = new TreeMap<>();
            for (NodeId member : members) {
                addresses.put(member, "");
            }
            this.members = addresses;
            return this;
        }

        /**
         * Starts a new node of a cluster that exists: it knows no members, and waits silently until the leader contacts
         * it, once {@link QuorateNode#reconfigure} of the cluster added it. Ignored later, when the log knows the
         * members.
         */
        public Builder joining() {
            this.joining = true;
            return this;
        }

        /** Where the data is: {@code FileStorage.in(directory)} of {@code quorate-wal} in production. */
        public Builder storage(Storage storage) {
            this.storage = storage;
            return this;
        }

        /** The application's state; the node owns it from {@link #start} on. */
        public Builder stateMachine(StateMachine stateMachine) {
            this.stateMachine = stateMachine;
            return this;
        }

        /** How peers are reached; the node owns it from {@link #start} on. */
        public Builder transport(Transport transport) {
            this.transport = transport;
            return this;
        }

        /** The settings; {@link NodeOptions#DEFAULTS} when not given. */
        public Builder options(NodeOptions options) {
            this.options = options;
            return this;
        }

        /** The time; {@link NanoClock#system()} when not given. */
        public Builder clock(NanoClock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Where futures complete; the common pool when not given. With {@code Runnable::run} they complete on the
         * thread that applies, which saves a hand-over: then nothing that is chained to them may block.
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = executor;
            return this;
        }

        /**
         * Opens and recovers the storage, restores the state machine, and starts the node.
         *
         * @throws dev.quorate.spi.InvalidRequestException when something required is missing or the settings contradict
         *     each other
         * @throws dev.quorate.spi.StorageFailedException when the storage cannot be opened or recovered; the cause says
         *     why
         */
        public QuorateNode start() {
            NodeCore core = new NodeCore(settings(), CoreObserver.NONE);
            NodeThreads threads = new NodeThreads(core);
            QuorateNode node = new QuorateNode(core, () -> {
                threads.stop();
                core.close(new NodeStoppedException("node " + core.settings().id() + " was closed"));
            });
            core.begin();
            threads.start();
            return node;
        }

        /** As {@link #start}, but without threads: the cycles are stepped by the caller. For tests and simulations. */
        public SteppedNode startStepped() {
            return startStepped(CoreObserver.NONE);
        }

        /** As {@link #startStepped()}, with a watcher of the core. */
        public SteppedNode startStepped(CoreObserver observer) {
            NodeCore core = new NodeCore(settings(), observer);
            core.begin();
            return new SteppedNode(core);
        }

        private NodeSettings settings() {
            if (storage == null) {
                throw new InvalidRequestException("a node needs a storage");
            }
            if (stateMachine == null) {
                throw new InvalidRequestException("a node needs a state machine");
            }
            if (clusterId == 0) {
                throw new InvalidRequestException("a cluster id must not be 0");
            }
            Membership bootstrap = bootstrap();
            if (transport == null && (joining || bootstrap.members().size() > 1)) {
                throw new InvalidRequestException("a node with other members needs a transport");
            }
            if (transport != null) {
                requireThatEntriesFit(transport.payloadBytesMax());
            }
            return new NodeSettings(
                    new NodeIdentity(clusterId, id),
                    bootstrap,
                    storage,
                    stateMachine,
                    Optional.ofNullable(transport),
                    options,
                    clock,
                    callbackExecutor);
        }

        private void requireThatEntriesFit(long payloadBytesMax) {
            int proposal = options.limits().proposalBytesMax();
            int append = options.raft().appendBytesMax();
            if (proposal > payloadBytesMax || append > payloadBytesMax) {
                throw new InvalidRequestException("limits.proposalBytesMax and raft.appendBytesMax are " + proposal
                        + " and " + append + ", a message of this transport carries " + payloadBytesMax + " bytes");
            }
        }

        private Membership bootstrap() {
            Map<NodeId, String> named = members == null ? Map.of() : members;
            if (joining && !named.isEmpty()) {
                throw new InvalidRequestException("a node that joins learns the members from the leader");
            }
            if (joining) {
                return Membership.NONE;
            }
            Membership bootstrap = named.isEmpty() ? Membership.ofVoters(id) : Membership.ofVoters(named);
            if (!bootstrap.contains(id)) {
                throw new InvalidRequestException("node " + id + " is not among the members " + bootstrap.members());
            }
            return bootstrap;
        }
    }
}
