package dev.quorate.raft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One core under test, node 1 of a cluster whose other members are played by the test. An election timeout is
 * {@link #T}. Time moves only when told to; {@code persist} makes everything durable that is under way.
 */
final class Subject {
    static final long T = 1_000_000_000L;
    static final long HEARTBEAT = T / 10;
    static final long DRIFT = T / 20;
    static final NodeId SELF = NodeId.of(1);

    final Raft raft;
    private long nowNanos = 7 * T;
    private long sequence;

    Subject(RecoveredState recovered, long seed) {
        this(recovered, seed, RaftOptions.PRIORITY_MAX);
    }

    Subject(RecoveredState recovered, long seed, int priority) {
        RaftOptions options = new RaftOptions(T, HEARTBEAT, DRIFT, 100, 10_000, 4, 100_000, 1_000_000, 100, priority);
        raft = new Raft(SELF, options, recovered, nowNanos, seed);
    }

    /** A node that starts for the first time, among this many voters. */
    static Subject fresh(int voters) {
        return new Subject(RecoveredState.fresh(membership(voters)), 1);
    }

    /** One of five voters that comes back in this term with a log of these terms, and has waited until it may vote. */
    static Subject withLog(long term, long... terms) {
        Subject subject = new Subject(recovered(5, term, terms), 1);
        subject.pass(T);
        return subject;
    }

    /** A leader of term 1 among this many voters; its no-op is durable nowhere yet. */
    static Subject leading(int voters) {
        Subject subject = fresh(voters);
        subject.win();
        return subject;
    }

    static Membership membership(int voters) {
        NodeId[] ids = new NodeId[voters];
        Arrays.setAll(ids, i -> NodeId.of(i + 1));
        return Membership.ofVoters(ids);
    }

    static RecoveredState recovered(int voters, long term, long... terms) {
        SimLog log = new SimLog();
        for (long each : terms) {
            log.append(new SimLog.SimEntry(each, 9));
        }
        HardState hardState = new HardState(term, Optional.empty());
        return new RecoveredState(hardState, membership(voters), LogId.ZERO, LogId.ZERO, 0, log.runs(), log.sizes());
    }

    long nowNanos() {
        return nowNanos;
    }

    void pass(long nanos) {
        nowNanos += nanos;
    }

    List<Effect> step(Input input) {
        List<Effect> effects = List.copyOf(raft.step(nowNanos, input));
        for (Persistence each : Persistence.of(effects)) {
            sequence = each.sequence();
        }
        return effects;
    }

    /** A message of node {@code from}; entries are 10 bytes each. */
    List<Effect> from(long from, Message message) {
        int entries = message instanceof Message.AppendEntries append ? (int) append.count() : 0;
        int[] sizes = new int[entries];
        Arrays.fill(sizes, 10);
        return step(new Input.Received(NodeId.of(from), message, EntrySizes.of(sizes)));
    }

    List<Effect> persist() {
        return step(new Input.Persisted(sequence));
    }

    List<Effect> timeout() {
        nowNanos = Math.max(nowNanos, raft.nextDeadlineNanos());
        return step(new Input.TimerFired());
    }

    List<Effect> propose(int... sizes) {
        return step(new Input.Propose(EntrySizes.of(sizes)));
    }

    List<Effect> read(long readId) {
        return step(new Input.Read(readId));
    }

    /** Asks for pre-votes, gets them, and asks for votes. */
    List<Effect> campaign() {
        List<Effect> effects = new ArrayList<>(timeout());
        for (long peer = 2; raft.role() == Role.PRE_CANDIDATE; peer++) {
            effects.addAll(from(peer, new Message.PreVoteResponse(raft.term() + 1, true)));
        }
        effects.addAll(persist());
        return effects;
    }

    /** Becomes leader by just enough votes; returns what the last of them brought. */
    List<Effect> win() {
        List<Effect> effects = campaign();
        for (long peer = 2; raft.role() == Role.CANDIDATE; peer++) {
            effects = from(peer, new Message.VoteResponse(raft.term(), true));
        }
        return effects;
    }

    /** Everything of the leader is durable here and at peer 2, and at 3 when that is needed: committed. */
    Subject settle() {
        persist();
        for (long peer = 2; raft.commitIndex() < raft.last().index(); peer++) {
            from(peer, new Message.AppendAccepted(raft.term(), raft.last().index(), 1));
        }
        return this;
    }

    /** The messages among the effects that go to this node. */
    static List<Message> sent(List<Effect> effects, long to) {
        return effects.stream()
                .filter(effect ->
                        effect instanceof Effect.Send send && send.to().equals(NodeId.of(to)))
                .map(effect -> ((Effect.Send) effect).message())
                .toList();
    }

    /** The effects of this kind. */
    static <E extends Effect> List<E> only(Class<E> kind, List<Effect> effects) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private record Persistence(long sequence) {
        static List<Persistence> of(List<Effect> effects) {
            return only(Effect.Persist.class, effects).stream()
                    .map(persist -> new Persistence(persist.sequence()))
                    .toList();
        }
    }
}
