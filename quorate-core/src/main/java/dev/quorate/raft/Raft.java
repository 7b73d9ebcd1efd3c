package dev.quorate.raft;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One member of a Raft group, as a deterministic state machine: {@link #step} takes the time and an input and returns
 * what has to be done. The same inputs at the same times, with the same seed, give the same effects on every JVM.
 *
 * <pre>
 *                       ┌ Election        timer, pre-votes, votes
 *   Input ──► Raft ─────┼ Follower        log of the leader, acknowledgements        ──► Outbox ──► effects, in order
 *             term rule │ ForwardedReads  reads asked of the leader                       │
 *             roles     ├ Leader          proposals, Replication, ReadIndex, Lease   DurabilityGate: Persist,
 *                       └ Install         a snapshot in place of the log             and what waits for it
 * </pre>
 *
 * Owned by one thread at a time; not safe for more. An {@link InvariantViolation} from any method means that the node
 * must halt.
 */
public final class Raft {
    private final Core core;
    private final Rejoining rejoining;
    private final Election election;
    private final Follower follower;
    private final ForwardedReads forwarded;
    private final Install install;
    private final Transfers transfers = new Transfers();
    private final Handover handover;
    private final Inputs inputs;
    private final EnumMap<Rejection, Long> rejected = new EnumMap<>(Rejection.class);

    private Optional<Leader> leading = Optional.empty();

    /**
     * Makes a follower from what was found on disk.
     *
     * @param self this node; it campaigns only while it is a voter of the membership
     * @param options limits and times, the same at all members
     * @param recovered what is durable here
     * @param nowNanos the time on the clock that later steps use, any origin
     * @param randomSeed draws the election timeouts; best different at each node and each start
     */
    public Raft(NodeId self, RaftOptions options, RecoveredState recovered, long nowNanos, long randomSeed) {
        core = new Core(self, options, recovered, nowNanos, randomSeed);
        rejoining = new Rejoining(core, recovered.rejoin());
        election = new Election(core, rejoining);
        follower = new Follower(core);
        forwarded = new ForwardedReads(core);
        install = new Install(core);
        handover = new Handover(core);
        inputs = new Inputs(new Messages(self));
    }

    /**
     * Takes one input. Costs grow with the number of peers and of the entries in the input, not with the log.
     *
     * @param nowNanos the time, read after the input was taken; one before that of an earlier step counts as that
     * @param input what happened
     * @return what to do, in this order; the list is reused and valid until the next step, its effects are values
     * @throws InvariantViolation when the core, or who drives it, has a bug: the node must halt
     */
    public List<Effect> step(long nowNanos, Input input) {
        core.begin(nowNanos);
        long before = core.memberships.changes();
        input.accept(inputs);
        if (leading.isPresent() && leading.get().isRemoved()) {
            leading.get().farewell();
            follow(core.term(), Optional.empty());
        } else if (before != core.memberships.changes()) {
            leading.ifPresentOrElse(Leader::membershipChanged, election::arm);
        }
        handover.settle();
        forwarded.settle();
        core.ladder.check();
        leading.ifPresent(Leader::check);
        return core.outbox.close(core);
    }

    /**
     * The time at which {@link Input.TimerFired} is due, unless an input comes before; {@code Long.MAX_VALUE} when none
     * is.
     */
    public long nextDeadlineNanos() {
        if (leading.isPresent()) {
            return Math.min(leading.get().deadlineNanos(), handover.deadlineNanos());
        }
        long own = Math.min(election.deadlineNanos(), forwarded.deadlineNanos());
        return Math.min(Math.min(own, handover.deadlineNanos()), rejoining.deadlineNanos());
    }

    /** A picture for people and tests; not for every step. */
    public RaftStatus status() {
        SortedMap<NodeId, RaftStatus.PeerStatus> peers =
                leading.map(Leader::status).orElseGet(TreeMap::new);
        return new RaftStatus(
                core.self,
                core.role(),
                core.term(),
                core.votedFor(),
                core.leader(),
                core.log.last(),
                core.gate.persistedIndex(),
                core.ladder.commit(),
                core.ladder.applied(),
                core.ladder.snapshot(),
                core.log.purged(),
                core.membership(),
                core.memberships.index(),
                election.isExpelled() || (core.memberships.isSelfRemoved() && core.isMembershipCommitted()),
                peers);
    }

    /** What the node is at present. */
    public Role role() {
        return core.role();
    }

    /** The latest term that it has seen, durable or not. */
    public long term() {
        return core.term();
    }

    /** The leader of that term, when it is known. */
    public Optional<NodeId> leader() {
        return core.leader();
    }

    /** The last entry of the log, durable or not. */
    public LogId last() {
        return core.log.last();
    }

    /** The last durable entry. */
    public long persistedIndex() {
        return core.gate.persistedIndex();
    }

    /** The last entry that is known to be committed; it may not be durable here yet. */
    public long commitIndex() {
        return core.ladder.commit();
    }

    /** The last entry whose effects are known to be visible. */
    public long appliedIndex() {
        return core.ladder.applied();
    }

    /** The membership in force. */
    public Membership membership() {
        return core.membership();
    }

    /** True while the node must not vote because its disk lost something, see {@link Rejoin}; once false, for ever. */
    public boolean isRejoining() {
        return !rejoining.isWhole();
    }

    /** True while the node takes nothing from anyone, until every other voter has told how far it is. */
    public boolean isAskingVoters() {
        return rejoining.isAsking();
    }

    /** How many messages of peers were dropped, by reason; reasons that never occurred are absent. */
    public Map<Rejection, Long> rejectedMessages() {
        return new EnumMap<>(rejected);
    }

    private void count(Optional<Rejection> rejection) {
        rejection.ifPresent(reason -> rejected.merge(reason, 1L, Long::sum));
    }

    /** Follows in this term; a leader gives up what only a leader has. */
    private void follow(long term, Optional<NodeId> leader) {
        core.follow(term, leader);
        if (leading.isPresent()) {
            Leader former = leading.get();
            leading = Optional.empty();
            former.end();
            election.arm();
        }
    }

    private void lead() {
        core.lead();
        Leader leader = new Leader(core, transfers, handover);
        leading = Optional.of(leader);
        rejoining.leads();
        leader.begin();
    }

    /** The term rule (Raft §5.1). */
    private void observe(long term) {
        if (term > core.term()) {
            follow(term, Optional.empty());
        }
    }

    /** One method an input; each returns where its effects are. */
    private final class Inputs implements Input.Visitor<Outbox> {
        private final Messages messages;

        Inputs(Messages messages) {
            this.messages = messages;
        }

        @Override
        public Outbox timerFired(Input.TimerFired input) {
            if (leading.isPresent()) {
                if (!leading.get().timeout()) {
                    follow(core.term(), Optional.empty());
                }
            } else {
                forwarded.expire();
                rejoining.timeout();
                if (core.nowNanos() >= election.deadlineNanos()) {
                    election.timeout();
                }
            }
            return core.outbox;
        }

        @Override
        public Outbox received(Input.Received input) {
            count(input.from().equals(core.self) ? Optional.of(Rejection.UNKNOWN_SENDER) : messages.from(input));
            return core.outbox;
        }

        @Override
        public Outbox propose(Input.Propose input) {
            Invariant.check(input.sizes().count() > 0, "a proposal without entries");
            if (leading.isPresent()) {
                leading.get().propose(input.sizes());
            } else {
                core.outbox.answer(new Effect.ProposalRefused(Refusal.NOT_LEADER, core.leader()));
            }
            return core.outbox;
        }

        @Override
        public Outbox read(Input.Read input) {
            if (leading.isPresent()) {
                leading.get().read(Optional.empty(), input.readId());
            } else {
                forwarded.read(input.readId());
            }
            return core.outbox;
        }

        @Override
        public Outbox persisted(Input.Persisted input) {
            core.outbox.persisted(input.sequence());
            if (install.persisted()) {
                election.restoring(false);
                follower.restored();
            }
            if (rejoining.persisted()) {
                election.arm();
            }
            if (leading.isPresent()) {
                leading.get().persisted();
            } else if (election.persisted()) {
                lead();
            } else {
                follower.persisted();
            }
            return core.outbox;
        }

        @Override
        public Outbox applied(Input.Applied input) {
            core.ladder.appliedTo(input.index());
            return core.outbox;
        }

        @Override
        public Outbox snapshotSaved(Input.SnapshotSaved input) {
            core.ladder.snapshotSaved(input.lastIncluded());
            return core.outbox;
        }

        @Override
        public Outbox snapshotReceived(Input.SnapshotReceived input) {
            if (!rejoining.mayInstall()) {
                core.outbox.add(new Effect.SnapshotIgnored(input.lastIncluded()));
                return core.outbox;
            }
            observe(input.lastIncluded().term());
            if (install.received(input)) {
                follow(core.term(), core.leader());
                election.restoring(true);
            }
            return core.outbox;
        }

        @Override
        public Outbox snapshotRestored(Input.SnapshotRestored input) {
            install.restored(input.lastIncluded());
            return core.outbox;
        }

        @Override
        public Outbox snapshotDelivered(Input.SnapshotDelivered input) {
            transfers.end(input.to());
            leading.ifPresent(leader -> leader.snapshotDelivered(input));
            return core.outbox;
        }

        @Override
        public Outbox purged(Input.Purged input) {
            core.ladder.purged(input.through());
            return core.outbox;
        }

        @Override
        public Outbox termObserved(Input.TermObserved input) {
            if (core.membership().contains(input.from()) || core.leader().equals(Optional.of(input.from()))) {
                observe(input.term());
            } else {
                count(Optional.of(Rejection.UNKNOWN_SENDER));
            }
            return core.outbox;
        }

        @Override
        public Outbox storageSpace(Input.StorageSpace input) {
            boolean storageFull = !input.available();
            election.storageFull(storageFull);
            if (leading.isPresent()) {
                leading.get().storageFull(storageFull);
            } else if (storageFull) {
                follow(core.term(), core.leader());
            }
            return core.outbox;
        }

        @Override
        public Outbox reconfigure(Input.Reconfigure input) {
            if (leading.isPresent()) {
                leading.get().reconfigure(input);
            } else {
                core.outbox.add(new Effect.ReconfigureRefused(
                        input.requestId(), ChangeRefusal.NOT_LEADER, notLeader(), core.leader()));
            }
            return core.outbox;
        }

        @Override
        public Outbox transferLeadership(Input.TransferLeadership input) {
            if (leading.isPresent()) {
                leading.get().transfer(input);
            } else {
                core.outbox.add(new Effect.TransferRefused(
                        input.requestId(), ChangeRefusal.NOT_LEADER, notLeader(), core.leader()));
            }
            return core.outbox;
        }

        private String notLeader() {
            return "node " + core.self + " does not lead";
        }
    }

    /**
     * One method a message; each returns why the message was dropped, if it was.
     *
     * <p>Requests are answered whoever sends them, without a look at the membership (thesis §4.1): the receiver's may
     * be older than the sender's, and a vote may be needed from a node that does not know yet that it has one. Answers
     * count only from nodes that were asked.
     */
    private final class Messages implements Message.Visitor<Optional<Rejection>> {
        private NodeId sender;
        private EntrySizes sizes = EntrySizes.NONE;
        private List<LoggedMembership> memberships = List.of();

        Messages(NodeId sender) {
            this.sender = sender;
        }

        Optional<Rejection> from(Input.Received input) {
            sender = input.from();
            sizes = input.sizes();
            memberships = input.memberships();
            return rejoining.isWhole() || heeds(input.message())
                    ? input.message().accept(this)
                    : Optional.empty();
        }

        /** False for what a node that lost something must not take; see {@link Rejoining}. */
        private boolean heeds(Message message) {
            boolean ofLeader = message instanceof Message.AppendEntries || message instanceof Message.Heartbeat;
            boolean ofCandidate = message instanceof Message.PreVoteRequest || message instanceof Message.VoteRequest;
            if (ofLeader && message.term() >= core.term()) {
                long matched = message instanceof Message.Heartbeat heartbeat ? heartbeat.commitIndex() : 0;
                rejoining.heardLeader(sender, message.term(), matched);
            } else if (ofCandidate) {
                rejoining.heardCandidate(sender, message);
            }
            election.rejoining();
            boolean ofRejoining =
                    message instanceof Message.StandingRequest || message instanceof Message.StandingResponse;
            return ofRejoining || !rejoining.isAsking();
        }

        @Override
        public Optional<Rejection> preVoteRequest(Message.PreVoteRequest message) {
            election.preVoteRequested(sender, message);
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> preVoteResponse(Message.PreVoteResponse message) {
            if (!isMember()) {
                return Optional.of(Rejection.UNKNOWN_SENDER);
            }
            if (!message.granted()) {
                observe(message.term());
            }
            election.preVoteAnswered(sender, message);
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> voteRequest(Message.VoteRequest message) {
            if (message.term() > core.term() && !message.transfer() && election.isLoyal()) {
                return Optional.empty();
            }
            observe(message.term());
            if (message.term() < core.term()) {
                core.outbox.send(sender, new Message.VoteResponse(core.term(), false));
            } else {
                election.voteRequested(sender, message);
            }
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> voteResponse(Message.VoteResponse message) {
            if (!isMember()) {
                return Optional.of(Rejection.UNKNOWN_SENDER);
            }
            observe(message.term());
            if (message.term() == core.term() && election.voteAnswered(sender, message)) {
                lead();
            }
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> appendEntries(Message.AppendEntries message) {
            if (message.term() < core.term()) {
                return tellTerm();
            }
            Optional<Rejection> rejection = heardLeader(message);
            if (rejection.isPresent() || install.isActive()) {
                return rejection;
            }
            return follower.append(sender, message, sizes, memberships);
        }

        @Override
        public Optional<Rejection> appendAccepted(Message.AppendAccepted message) {
            return isForLeader(message) ? leading.orElseThrow().accepted(sender, message) : unanswered();
        }

        @Override
        public Optional<Rejection> appendRejected(Message.AppendRejected message) {
            return isForLeader(message) ? leading.orElseThrow().rejected(sender, message) : unanswered();
        }

        @Override
        public Optional<Rejection> heartbeat(Message.Heartbeat message) {
            if (message.term() < core.term()) {
                return tellTerm();
            }
            Optional<Rejection> rejection = heardLeader(message);
            if (rejection.isPresent()) {
                return rejection;
            }
            return follower.heartbeat(sender, message, install.isActive());
        }

        @Override
        public Optional<Rejection> heartbeatResponse(Message.HeartbeatResponse message) {
            return isForLeader(message) ? leading.orElseThrow().echoed(sender, message) : unanswered();
        }

        @Override
        public Optional<Rejection> readIndexRequest(Message.ReadIndexRequest message) {
            observe(message.term());
            if (leading.isPresent() && message.term() == core.term()) {
                leading.get().read(Optional.of(sender), message.readId());
            } else {
                core.outbox.send(
                        sender, new Message.ReadIndexResponse(core.term(), message.readId(), Optional.empty()));
            }
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> readIndexResponse(Message.ReadIndexResponse message) {
            if (!isMember() && !core.leader().equals(Optional.of(sender))) {
                return Optional.of(Rejection.UNKNOWN_SENDER);
            }
            observe(message.term());
            forwarded.answered(message);
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> standingRequest(Message.StandingRequest message) {
            core.outbox.send(
                    sender,
                    new Message.StandingResponse(
                            core.term(),
                            message.number(),
                            core.log.last(),
                            core.membershipAt(),
                            core.membership(),
                            core.memberships.possibleVoters(core.ladder.commit())));
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> standingResponse(Message.StandingResponse message) {
            if (rejoining.answered(sender, message)) {
                follow(rejoining.term(), Optional.empty());
            }
            rejoining.toldMembership().ifPresent(told -> core.outbox.add(new Effect.MembershipHeard(told)));
            election.rejoining();
            return Optional.empty();
        }

        /**
         * Tells a leader of the past that its term is over. It may lead the present term by now, so the answer must not
         * look like one to a message of this term: no round of it is 0.
         */
        private Optional<Rejection> tellTerm() {
            core.outbox.send(sender, new Message.HeartbeatResponse(core.term(), 0));
            return Optional.empty();
        }

        /** The sender leads a term not below ours: the node follows it, unless that cannot be. */
        private Optional<Rejection> heardLeader(Message message) {
            if (message.term() < 1) {
                return Optional.of(Rejection.MALFORMED);
            }
            boolean known = message.term() == core.term() && core.leader().isPresent();
            if (known && !core.leader().get().equals(sender)) {
                return Optional.of(Rejection.SECOND_LEADER);
            }
            if (!known) {
                follow(message.term(), Optional.of(sender));
            }
            election.heardLeader();
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> timeoutNow(Message.TimeoutNow message) {
            if (message.term() == core.term() && core.leader().equals(Optional.of(sender))) {
                election.timeoutNow();
            }
            return Optional.empty();
        }

        @Override
        public Optional<Rejection> notMember(Message.NotMember message) {
            election.notMember(message);
            return Optional.empty();
        }

        private boolean isMember() {
            return core.membership().contains(sender);
        }

        /**
         * Applies the term rule to an answer; true when it is an answer to this leader in this term. A node that is
         * being removed may answer, but its term disturbs nobody any more.
         */
        private boolean isForLeader(Message message) {
            if (isMember()) {
                observe(message.term());
            }
            return leading.isPresent()
                    && message.term() == core.term()
                    && leading.get().isReceiver(sender);
        }

        /** Why an answer that is not for this leader is dropped; one to an earlier leadership is no fault. */
        private Optional<Rejection> unanswered() {
            return isMember() ? Optional.empty() : Optional.of(Rejection.UNKNOWN_SENDER);
        }
    }
}
