package dev.quorate.engine;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.Transport;
import dev.quorate.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in one thread: every cycle of every node is stepped by a seeded choice, on virtual time, and messages wait
 * in lanes that keep their order until the choice falls on them. The same seed gives the same run.
 */
final class SteppedCluster {
    private static final int STEPS_MAX = 2_000_000;

    /** One member and what outlives its crashes. */
    static final class Member {
        final NodeId id;
        final TestStorage storage;
        final boolean joining;
        String address = "";
        StateMachine machine;

        @Nullable
        SteppedNode stepped;

        private Transport.@Nullable Receiver receiver;

        private Member(NodeId id, TestStorage storage, boolean joining, StateMachine machine) {
            this.id = id;
            this.storage = storage;
            this.joining = joining;
            this.machine = machine;
        }

        boolean isUp() {
            return stepped != null;
        }

        SteppedNode stepped() {
            if (stepped == null) {
                throw new AssertionError("node " + id + " is down");
            }
            return stepped;
        }

        QuorateNode node() {
            return stepped().node();
        }

        NodeStatus status() {
            return node().status();
        }
    }

    /** Knows for sure that nothing was sent to a node that is down. */
    private final class Reporting implements Transport {
        private final Transport transport;
        private final Member self;

        Reporting(Transport transport, Member self) {
            this.transport = transport;
            this.self = self;
        }

        @Override
        public void start(Receiver receiver) {
            self.receiver = receiver;
            transport.start(receiver);
        }

        @Override
        public void send(NodeId to, PeerMessage message) {
            Receiver present = self.receiver;
            if (givesBack && present != null && members.stream().anyMatch(m -> m.id.equals(to) && !m.isUp())) {
                present.notSent(to, message);
            } else {
                transport.send(to, message);
            }
        }

        @Override
        public void membershipChanged(Membership membership) {
            transport.membershipChanged(membership);
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    private record Lane(NodeId from, NodeId to, String kind) implements Comparable<Lane> {
        @Override
        public int compareTo(Lane other) {
            int byFrom = from.compareTo(other.from);
            int byTo = byFrom != 0 ? byFrom : to.compareTo(other.to);
            return byTo != 0 ? byTo : kind.compareTo(other.kind);
        }
    }

    private interface Action {
        void run();
    }

    final ManualClock clock = new ManualClock();
    final long seed;
    final Random random;
    final InProcessNetwork network = new InProcessNetwork(this::carry);
    private final List<Member> members = new ArrayList<>();
    private final Map<Lane, ArrayDeque<Runnable>> lanes = new TreeMap<>();
    private final IntFunction<TestStorage> storages;
    private final IntFunction<StateMachine> machines;
    private NodeOptions options;
    private double lossRate;
    /** Whether a node is told that what it sends to one that is down was not sent. */
    boolean givesBack;

    private Predicate<PeerMessage> lost = message -> false;
    private Predicate<PeerMessage> kept = message -> false;
    private Predicate<PeerMessage> held = message -> false;
    private final List<Runnable> deliveries = new ArrayList<>();

    SteppedCluster(
            long seed,
            int nodes,
            NodeOptions options,
            IntFunction<TestStorage> storages,
            IntFunction<StateMachine> machines) {
        this.seed = seed;
        this.random = new Random(seed);
        this.options = options;
        this.storages = storages;
        this.machines = machines;
        for (int i = 1; i <= nodes; i++) {
            members.add(new Member(NodeId.of(i), storages.apply(i), false, machines.apply(i)));
        }
        for (Member member : members) {
            start(member);
        }
    }

    /** The member with this number, from 1. */
    Member member(int number) {
        return members.get(number - 1);
    }

    List<Member> members() {
        return members;
    }

    /** The members that run. */
    List<Member> up() {
        return members.stream().filter(Member::isUp).toList();
    }

    void options(NodeOptions other) {
        options = other;
    }

    /** Loses this share of all messages from now on. */
    void lose(double rate) {
        lossRate = rate;
    }

    /** Loses the messages that this accepts from now on. */
    void lose(Predicate<PeerMessage> which) {
        lost = which;
    }

    /** Keeps the deliveries of messages that this accepts, so that they can be made once more. */
    List<Runnable> keep(Predicate<PeerMessage> which) {
        kept = which;
        return deliveries;
    }

    /** Holds messages that this accepts back, until their deliveries are run. */
    List<Runnable> hold(Predicate<PeerMessage> which) {
        held = which;
        return deliveries;
    }

    /** Puts a message on its way that nobody sent. */
    void inject(NodeId from, NodeId to, PeerMessage message) {
        network.transport(from).send(to, message);
    }

    /** Starts a node that knows nobody; it is not a member before somebody adds it. */
    Member join() {
        int number = members.size() + 1;
        Member member = new Member(NodeId.of(number), storages.apply(number), true, machines.apply(number));
        members.add(member);
        start(member);
        return member;
    }

    void start(Member member) {
        QuorateNode.Builder builder = QuorateNode.builder().id(member.id);
        if (member.joining) {
            builder.joining();
        } else {
            builder.members(
                    members.stream().filter(m -> !m.joining).map(m -> m.id).toArray(NodeId[]::new));
        }
        member.stepped = builder.storage(member.storage)
                .stateMachine(member.machine)
                .transport(new Reporting(network.transport(member.id, member.address), member))
                .options(options)
                .clock(clock)
                .callbackExecutor(Runnable::run)
                .startStepped();
    }

    /** Ends a node as a power cut does: nothing is closed, and what was not synced may be lost. */
    void crash(Member member) {
        member.stepped = null;
        member.storage.crash(random);
        member.machine = machines.apply((int) member.id.value());
        lanes.keySet().removeIf(lane -> lane.to().equals(member.id));
    }

    /** Crashes a node and starts it again from what is durable. */
    void restart(Member member) {
        crash(member);
        start(member);
    }

    /** Steps until the condition holds; fails when it does not within a great many steps. */
    void runUntil(String what, BooleanSupplier condition) {
        long began = clock.nanoTime();
        for (int steps = 0; !condition.getAsBoolean(); steps++) {
            if (steps == STEPS_MAX
                    || clock.nanoTime() - began > Duration.ofMinutes(30).toNanos()) {
                throw new AssertionError("seed " + seed + ": not reached: " + what + ", states "
                        + up().stream().map(m -> m.status().toString()).toList());
            }
            step();
        }
    }

    /** Steps until this much virtual time has passed. */
    void runFor(Duration time) {
        long until = clock.nanoTime() + time.toNanos();
        while (clock.nanoTime() - until < 0) {
            step();
        }
    }

    /** One seeded choice among all that can happen now; when nothing can, time moves on to the next deadline. */
    void step() {
        List<Action> possible = possible();
        if (possible.isEmpty()) {
            long next = nextDeadline();
            clock.advanceNanos(next == SteppedNode.NO_DEADLINE ? 100_000_000L : Math.max(1, next - clock.nanoTime()));
            return;
        }
        possible.get(random.nextInt(possible.size())).run();
        clock.advanceNanos(random.nextInt(20_000));
    }

    /** Delivers every message that is under way. */
    void deliverAll() {
        for (ArrayDeque<Runnable> lane : lanes.values()) {
            while (!lane.isEmpty()) {
                lane.remove().run();
            }
        }
    }

    private List<Action> possible() {
        List<Action> possible = new ArrayList<>();
        for (Member member : up()) {
            for (Duties duty : Duties.values()) {
                if (isDue(member.stepped(), duty)) {
                    possible.add(() -> member.stepped().doWork(duty));
                }
            }
        }
        for (Map.Entry<Lane, ArrayDeque<Runnable>> lane : lanes.entrySet()) {
            if (!lane.getValue().isEmpty()) {
                possible.add(() -> lane.getValue().remove().run());
            }
        }
        return possible;
    }

    private boolean isDue(SteppedNode node, Duties duty) {
        long deadline = node.nextDeadlineNanos(duty);
        return node.hasWork(duty) || (deadline != SteppedNode.NO_DEADLINE && deadline - clock.nanoTime() <= 0);
    }

    private long nextDeadline() {
        long next = SteppedNode.NO_DEADLINE;
        for (Member member : up()) {
            for (Duties duty : Duties.values()) {
                next = DutyCycle.earlier(next, member.stepped().nextDeadlineNanos(duty));
            }
        }
        return next;
    }

    private void carry(NodeId from, NodeId to, PeerMessage message, Runnable delivery) {
        if (lost.test(message) || random.nextDouble() < lossRate) {
            return;
        }
        if (kept.test(message)) {
            deliveries.add(delivery);
        }
        if (held.test(message)) {
            deliveries.add(delivery);
            return;
        }
        if (members.stream().anyMatch(m -> m.id.equals(to) && m.isUp())) {
            lanes.computeIfAbsent(new Lane(from, to, message.getClass().getSimpleName()), unused -> new ArrayDeque<>())
                    .add(delivery);
        }
    }

    /** The running leader of the highest term that a majority knows as such. */
    Optional<Member> leader() {
        return up().stream()
                .filter(m -> m.status().role() == Role.LEADER)
                .max((a, b) -> Long.compare(a.status().term(), b.status().term()));
    }

    /** The running nodes that this leader knows as members. */
    List<Member> membersOf(Member leader) {
        return up().stream()
                .filter(m -> leader.status().membership().contains(m.id))
                .toList();
    }

    Member awaitLeader() {
        runUntil("a leader that everyone follows", () -> {
            Optional<Member> leader = leader();
            return leader.isPresent()
                    && membersOf(leader.get()).stream()
                            .allMatch(m -> m.status().leader().equals(Optional.of(leader.get().id)));
        });
        return leader().orElseThrow();
    }

    /** Steps until the future is done, and returns its value. */
    <T> T await(CompletableFuture<T> future) {
        runUntil("a future", future::isDone);
        return future.join();
    }

    /** Proposes at whoever leads, again and again as long as that is safe, until there is an answer. */
    Bytes propose(Bytes command) {
        return await(awaitLeader().node().propose(command));
    }

    /** Steps until all running members have applied what any of them has committed. */
    void settle() {
        runUntil("everyone has applied everything", () -> {
            long committed =
                    up().stream().mapToLong(m -> m.status().commitIndex()).max().orElse(0);
            return leader().isPresent()
                    && membersOf(leader().get()).stream()
                            .allMatch(m -> m.status().appliedIndex() == committed)
                    && leader().get().status().last().index() == committed;
        });
    }
}
