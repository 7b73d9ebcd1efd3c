package dev.quorate.raft;

import static dev.quorate.raft.SimChecks.require;

import dev.quorate.raft.SimLog.SimEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A node of the simulated cluster: the real core, and around it as little as can be of an engine, a disk that loses
 * what it has not synced, and a state machine that applies when it likes.
 */
final class SimNode implements Effect.Visitor<SimNode> {
    private record Write(Effect.Persist persist, List<SimEntry> entries) {}

    private record Reset(long sequence, LogId lastIncluded) {}

    final NodeId id;
    /** The members at the first start; {@link Membership#NONE} for a node that joins. */
    private final Membership bootstrap;
    /** What the engine holds in memory; always the log that the core knows. */
    final SimLog log = new SimLog();
    /** What survives a crash. */
    final SimLog durable = new SimLog();

    HardState hardState = HardState.INITIAL;
    LogId snapshot = LogId.ZERO;
    /** What is noted on disk of a loss. */
    Rejoin rejoin = Rejoin.NOT_NEEDED;

    private final SimCluster cluster;
    private final RaftOptions options;
    private final double clockRate;
    private final long clockOffset;

    private Optional<Raft> raft = Optional.empty();
    /** Counts lives; what was begun in an earlier one is void. */
    private int life;

    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private boolean syncing;
    private boolean diskFull;
    private Optional<Reset> reset = Optional.empty();
    private boolean restoring;
    private long applied;
    private long commit;
    private long announced;
    private boolean leaseValid;
    private long leaseUntil;
    private long timerAt = Long.MAX_VALUE;
    private long pausedUntil;
    /** Reads that wait, with what was committed when they began. */
    private final Map<Long, Long> reads = new TreeMap<>();

    /** Changes and transfers that were asked for and not answered. */
    private final TreeSet<Long> requests = new TreeSet<>();
    /** What the present step said to be done. */
    private Optional<Membership> done = Optional.empty();

    private final List<SimLoss> losses = new ArrayList<>();

    private List<SimEntry> incoming = List.of();
    private long incomingFirst;

    SimNode(NodeId id, Membership bootstrap, RaftOptions options, SimCluster cluster, double clockRate) {
        this.id = id;
        this.bootstrap = bootstrap;
        this.options = options;
        this.cluster = cluster;
        this.clockRate = clockRate;
        this.clockOffset = id.value() * 1_000_003L - 2_000_000_000L;
    }

    Raft raft() {
        return raft.orElseThrow();
    }

    boolean isUp() {
        return raft.isPresent();
    }

    boolean leads() {
        return isUp() && raft().role() == Role.LEADER;
    }

    long applied() {
        return applied;
    }

    int waitingReads() {
        return reads.size();
    }

    /** True when the node has the entry on disk, or had it when it told a leader of this term so. */
    boolean holdsDurably(LogId position, long leaderTerm) {
        return snapshot.index() >= position.index()
                || durable.contains(position)
                || losses.stream().anyMatch(loss -> loss.held(position, leaderTerm));
    }

    /** True while its disk lacks something that it promised, as far as the disk knows. */
    boolean isDamaged() {
        return !rejoin.equals(Rejoin.NOT_NEEDED) || (isUp() && raft().isRejoining());
    }

    boolean hasEntries() {
        return durable.lastIndex() > 0;
    }

    /** The disk of a node that is down loses entries from some index on, or the snapshot and all of them. */
    void loseEntries() {
        noteLoss();
        long kept = cluster.random(3) == 0 ? 0 : durable.purged().index() + cluster.random(8);
        if (kept < durable.purged().index() || (kept < snapshot.index() && cluster.random(2) == 0)) {
            snapshot = LogId.ZERO;
            durable.reset(LogId.ZERO);
        } else {
            durable.truncateFrom(Math.max(kept, durable.purged().index()) + 1);
        }
        hardState = new HardState(hardState.term() + 1, Optional.empty());
        boolean voteKnown = rejoin.equals(Rejoin.NOT_NEEDED) || rejoin.reason() == Rejoin.Reason.ENTRIES_LOST;
        rejoin = voteKnown ? Rejoin.entriesLost(hardState.term()) : Rejoin.VOTE_LOST;
    }

    /** The disk of a node that is down loses everything: that is noticed, or it looks like a first start. */
    void loseEverything(Rejoin found) {
        noteLoss();
        snapshot = LogId.ZERO;
        durable.reset(LogId.ZERO);
        hardState = HardState.INITIAL;
        rejoin = found;
    }

    private void noteLoss() {
        SimLog log = new SimLog();
        log.copyFrom(durable);
        losses.add(new SimLoss(hardState.term(), log, snapshot));
        applied = 0;
    }

    boolean holdsLease(long globalNanos) {
        return isUp() && leaseValid && localNanos(globalNanos) < leaseUntil;
    }

    void pauseUntil(long globalNanos) {
        pausedUntil = globalNanos;
    }

    /** When an event for this node that is due now may happen. */
    long resumesAt() {
        return pausedUntil;
    }

    void start() {
        life++;
        if (!durable.contains(snapshot) && snapshot.index() > durable.purged().index()) {
            // A snapshot was durable and its log not reset yet: recovery does the rest.
            durable.reset(snapshot);
        }
        log.copyFrom(durable);
        boolean stateSurvived = cluster.random(2) == 0;
        applied = stateSurvived ? Math.max(applied, snapshot.index()) : snapshot.index();
        RecoveredState recovered = new RecoveredState(
                hardState,
                log.purged().index() == 0
                        ? bootstrap
                        : cluster.checks.membershipAt(log.purged().index()),
                log.purged(),
                snapshot,
                applied,
                log.runs(),
                log.sizes(),
                log.memberships(),
                rejoin);
        raft = Optional.of(new Raft(id, options, recovered, localNanos(cluster.nowNanos()), cluster.randomLong()));
        commit = raft().commitIndex();
        announced = applied;
        timerAt = Long.MAX_VALUE;
        armTimer();
    }

    /** Between correct nodes no message is ever impossible, however late or often it comes; its sender may be gone. */
    void requireNothingRejected() {
        Map<Rejection, Long> rejected = new TreeMap<>(raft().rejectedMessages());
        rejected.remove(Rejection.UNKNOWN_SENDER);
        require(rejected.isEmpty(), "messages rejected", id, rejected);
    }

    int waitingRequests() {
        return requests.size();
    }

    void reconfigure(MembershipChange change) {
        long requestId = cluster.nextValue();
        requests.add(requestId);
        step(new Input.Reconfigure(requestId, change));
    }

    void transfer(Optional<NodeId> to) {
        long requestId = cluster.nextValue();
        requests.add(requestId);
        step(new Input.TransferLeadership(requestId, to));
    }

    /** Loses what was not synced; of the writes under way a random part, in order, is on disk all the same. */
    void crash() {
        requireNothingRejected();
        raft = Optional.empty();
        life++;
        for (int survive = cluster.random(writes.size() + 1); survive > 0; survive--) {
            write(writes.removeFirst(), Integer.MAX_VALUE);
        }
        if (!writes.isEmpty() && cluster.random(2) == 0) {
            write(writes.removeFirst(), cluster.random(4));
        }
        writes.clear();
        syncing = false;
        diskFull = false;
        reset = Optional.empty();
        restoring = false;
        leaseValid = false;
        reads.clear();
        requests.clear();
    }

    void propose(int count) {
        List<SimEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new SimEntry(0, cluster.nextValue()));
        }
        incoming = entries;
        step(new Input.Propose(SimLog.sizes(entries)));
    }

    void read() {
        long readId = cluster.nextValue();
        reads.put(readId, cluster.checks.committedIndex());
        step(new Input.Read(readId));
    }

    void receive(NodeId from, Message message, List<SimEntry> entries) {
        incoming = entries;
        incomingFirst =
                message instanceof Message.AppendEntries append ? append.prev().index() + 1 : 0;
        List<LoggedMembership> memberships = SimLog.memberships(incomingFirst, entries);
        step(new Input.Received(from, message, SimLog.sizes(entries), memberships));
    }

    /** Changes whether the disk has space; a full one writes nothing. */
    void diskFull(boolean full) {
        if (full != diskFull) {
            diskFull = full;
            step(new Input.StorageSpace(!full));
            sync();
        }
    }

    /** Freezes a snapshot of what is applied, and later forgets a part of the log behind it. */
    void takeSnapshot() {
        LogId at = cluster.checks.committedId(applied);
        if (applied > snapshot.index() && !restoring && durable.contains(at)) {
            cluster.checks.snapshot(at);
            snapshot = at;
            step(new Input.SnapshotSaved(at));
            later(cluster.random(50_000_000), () -> purge(cluster.random(2) == 0 ? at.index() : at.index() / 2));
        }
    }

    /** A snapshot arrives from {@code from}, which leads {@code term}; returns whether the node took it on. */
    void receiveSnapshot(NodeId from, long term, LogId lastIncluded) {
        step(new Input.TermObserved(from, term));
        if (isUp() && raft().term() == term) {
            Membership membership = cluster.checks.membershipAt(lastIncluded.index());
            step(new Input.SnapshotReceived(lastIncluded, membership));
        }
    }

    /** True when everything up to here is in this node's log or state, as far as it knows. */
    boolean isPast(LogId position) {
        return isUp() && !restoring && raft().commitIndex() >= position.index();
    }

    void step(Input input) {
        Raft core = raft();
        boolean led = core.role() == Role.LEADER;
        Membership counted = core.membership();
        List<Effect> effects = core.step(localNanos(cluster.nowNanos()), input);
        if (core.isAskingVoters()) {
            rejoin = Rejoin.VOTE_LOST;
        }
        for (Effect effect : effects) {
            effect.accept(this);
        }
        incoming = List.of();
        require(core.last().equals(log.last()), "the engine's log is not the core's", core.last(), log.last());
        if (core.commitIndex() > commit) {
            long before = commit;
            commit = core.commitIndex();
            if (led || core.role() == Role.LEADER) {
                cluster.checks.committedByLeader(this, before, commit, counted);
            } else {
                cluster.checks.committedByFollower(this, before, commit);
            }
        }
        require(core.commitIndex() == commit, "MonotonicIndexes", core.commitIndex(), commit);
        if (!core.isRejoining() && !rejoin.equals(Rejoin.NOT_NEEDED) && cluster.random(3) == 0) {
            cluster.count("rejoined: " + rejoin.reason());
            rejoin = Rejoin.NOT_NEEDED;
        }
        done.ifPresent(cluster.checks::reconfigured);
        done = Optional.empty();
        armTimer();
    }

    void later(long nanos, Runnable work) {
        int begun = life;
        cluster.after(nanos, this, () -> {
            if (begun == life) {
                work.run();
            }
        });
    }

    @Override
    public SimNode proposalAccepted(Effect.ProposalAccepted effect) {
        for (SimEntry entry : incoming) {
            append(new SimEntry(effect.first().term(), entry.value()));
        }
        return this;
    }

    @Override
    public SimNode proposalRefused(Effect.ProposalRefused effect) {
        return this;
    }

    @Override
    public SimNode noOpAppended(Effect.NoOpAppended effect) {
        append(new SimEntry(effect.id().term(), 0));
        return this;
    }

    @Override
    public SimNode persist(Effect.Persist effect) {
        if (effect.truncateFrom() > 0) {
            require(raft().role() != Role.LEADER, "LeaderAppendOnly", id);
            require(effect.truncateFrom() > commit, "a committed entry is cut off", id, effect, commit);
            log.truncateFrom(effect.truncateFrom());
            cluster.count("truncations");
        }
        for (long index = log.lastIndex() + 1; index <= effect.last(); index++) {
            append(incoming.get((int) (index - incomingFirst)));
        }
        effect.resetTo().ifPresent(lastIncluded -> reset = Optional.of(new Reset(effect.sequence(), lastIncluded)));
        List<SimEntry> entries = effect.first() == 0 ? List.of() : log.range(effect.first(), effect.last());
        writes.add(new Write(effect, entries));
        sync();
        return this;
    }

    @Override
    public SimNode send(Effect.Send effect) {
        cluster.checks.sent(this, effect.to(), effect.message());
        List<SimEntry> entries = effect.message() instanceof Message.AppendEntries append
                ? log.range(append.prev().index() + 1, append.last().index())
                : List.of();
        cluster.send(id, effect.to(), effect.message(), entries);
        return this;
    }

    @Override
    public SimNode commit(Effect.Commit effect) {
        require(effect.index() > announced, "a Commit that does not rise", id, effect, announced);
        announced = effect.index();
        later(cluster.random(20_000_000), this::apply);
        return this;
    }

    @Override
    public SimNode readReady(Effect.ReadReady effect) {
        long committedBefore = Optional.ofNullable(reads.remove(effect.readId()))
                .orElseThrow(() -> new AssertionError("a read answered twice"));
        cluster.checks.readAnswered(this, effect.readIndex(), committedBefore);
        cluster.count(leads() ? "reads at leaders" : "reads at followers");
        return this;
    }

    @Override
    public SimNode readRefused(Effect.ReadRefused effect) {
        require(reads.remove(effect.readId()) != null, "a read answered twice", id, effect);
        cluster.count("reads refused: " + effect.reason());
        return this;
    }

    @Override
    public SimNode sendSnapshot(Effect.SendSnapshot effect) {
        cluster.sendSnapshot(this, effect.to(), raft().term(), snapshot);
        return this;
    }

    @Override
    public SimNode restoreSnapshot(Effect.RestoreSnapshot effect) {
        cluster.checks.snapshot(effect.lastIncluded());
        restoring = true;
        snapshot = effect.lastIncluded();
        later(cluster.random(100_000_000), () -> {
            applied = effect.lastIncluded().index();
            step(new Input.SnapshotRestored(effect.lastIncluded()));
        });
        return this;
    }

    @Override
    public SimNode snapshotIgnored(Effect.SnapshotIgnored effect) {
        cluster.count("snapshots ignored");
        return this;
    }

    @Override
    public SimNode roleChanged(Effect.RoleChanged effect) {
        if (effect.role() == Role.LEADER) {
            cluster.checks.becameLeader(this, effect.term());
            cluster.count("elections");
        }
        return this;
    }

    @Override
    public SimNode leaseChanged(Effect.LeaseChanged effect) {
        leaseValid = effect.valid();
        leaseUntil = effect.untilNanos();
        cluster.count(effect.valid() ? "leases" : "leases revoked");
        return this;
    }

    @Override
    public SimNode membershipAppended(Effect.MembershipAppended effect) {
        append(new SimEntry(effect.id().term(), 0, Optional.of(effect.membership())));
        cluster.count(effect.membership().isJoint() ? "joint memberships" : "simple memberships");
        return this;
    }

    @Override
    public SimNode membershipChanged(Effect.MembershipChanged effect) {
        require(effect.membership().equals(raft().membership()), "another membership in force", id, effect);
        return this;
    }

    @Override
    public SimNode membershipHeard(Effect.MembershipHeard effect) {
        require(raft().isRejoining(), "a whole node that hears of members", id, effect);
        return this;
    }

    @Override
    public SimNode reconfigured(Effect.Reconfigured effect) {
        require(requests.remove(effect.requestId()), "a change answered twice", id, effect);
        done = Optional.of(effect.membership());
        cluster.count("changes done");
        return this;
    }

    @Override
    public SimNode reconfigureRefused(Effect.ReconfigureRefused effect) {
        require(requests.remove(effect.requestId()), "a change answered twice", id, effect);
        cluster.count("changes refused: " + effect.reason());
        return this;
    }

    @Override
    public SimNode transferred(Effect.Transferred effect) {
        require(requests.remove(effect.requestId()), "a transfer answered twice", id, effect);
        cluster.count("transfers done");
        return this;
    }

    @Override
    public SimNode transferRefused(Effect.TransferRefused effect) {
        require(requests.remove(effect.requestId()), "a transfer answered twice", id, effect);
        cluster.count("transfers refused: " + effect.reason());
        return this;
    }

    private void append(SimEntry entry) {
        log.append(entry);
        cluster.checks.entryWritten(log, log.lastIndex());
    }

    /** One sync at a time, for all writes that came before it. */
    private void sync() {
        if (!syncing && !writes.isEmpty() && !diskFull) {
            syncing = true;
            int batch = writes.size();
            later(cluster.syncNanos(), () -> synced(batch));
        }
    }

    private void synced(int batch) {
        long sequence = 0;
        for (int i = 0; i < batch; i++) {
            sequence = writes.getFirst().persist().sequence();
            write(writes.removeFirst(), Integer.MAX_VALUE);
        }
        syncing = false;
        if (reset.isPresent() && reset.get().sequence() <= sequence) {
            log.reset(reset.get().lastIncluded());
            reset = Optional.empty();
            restoring = false;
            cluster.count("snapshots installed");
        }
        step(new Input.Persisted(sequence));
        sync();
    }

    /** Brings a write, or its first {@code entriesMax} entries, to the disk. */
    private void write(Write write, int entriesMax) {
        Effect.Persist persist = write.persist();
        persist.resetTo().ifPresent(durable::reset);
        if (persist.truncateFrom() > 0) {
            durable.truncateFrom(persist.truncateFrom());
        }
        persist.hardState().ifPresent(state -> {
            require(state.term() >= hardState.term(), "a durable term falls", id, state, hardState);
            boolean voteKept = state.term() > hardState.term()
                    || hardState.votedFor().isEmpty()
                    || hardState.votedFor().equals(state.votedFor());
            require(voteKept, "a vote changed within its term", id, state, hardState);
            hardState = state;
        });
        write.entries().stream().limit(entriesMax).forEach(durable::append);
    }

    private void apply() {
        if (restoring) {
            return;
        }
        long target = cluster.random(4) == 0 ? applied + (announced - applied + 1) / 2 : announced;
        for (long index = applied + 1; index <= target; index++) {
            cluster.checks.applied(this, index, log.at(index));
        }
        if (target > applied) {
            applied = target;
            step(new Input.Applied(applied));
        }
        if (applied < announced) {
            later(cluster.random(20_000_000), this::apply);
        }
    }

    private void purge(long through) {
        if (through > log.purged().index() && through <= snapshot.index() && !restoring) {
            LogId to = new LogId(log.termAt(through), through);
            durable.purge(to);
            log.purge(to);
            step(new Input.Purged(to));
            cluster.count("purges");
        }
    }

    private void armTimer() {
        long deadline = raft().nextDeadlineNanos();
        if (deadline != timerAt) {
            timerAt = deadline;
            if (deadline != Long.MAX_VALUE) {
                int begun = life;
                cluster.timer(Math.max(0, globalNanos(deadline) - cluster.nowNanos()), this, () -> {
                    if (begun == life) {
                        timerFired(deadline);
                    }
                });
            }
        }
    }

    private void timerFired(long deadline) {
        if (deadline == timerAt) {
            timerAt = Long.MAX_VALUE;
            step(new Input.TimerFired());
        }
    }

    private long localNanos(long globalNanos) {
        return clockOffset + (long) (globalNanos * clockRate);
    }

    private long globalNanos(long localNanos) {
        return (long) Math.ceil((localNanos - clockOffset) / clockRate) + 1;
    }
}
