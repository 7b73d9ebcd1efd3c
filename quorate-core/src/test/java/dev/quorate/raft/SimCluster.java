package dev.quorate.raft;

import static dev.quorate.raft.SimChecks.require;

import dev.quorate.raft.SimLog.SimEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Some cores in one thread on virtual time. One seed draws everything: delays, losses, duplicates, partitions, crashes,
 * pauses, full disks, clocks that run at different rates, and the work of the clients.
 */
final class SimCluster {
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1000 * MILLISECOND;
    /** Messages small and windows narrow, so that every limit is met. */
    private static final RaftOptions OPTIONS =
            new RaftOptions(SECOND, 100 * MILLISECOND, 100 * MILLISECOND, 8, 150, 3, 300, 2000, 6);

    private static final int[] VOTERS = {1, 2, 3, 3, 3, 3, 4, 5, 5, 5};

    private record Event(long atNanos, long order, SimNode node, boolean timer, Runnable work) {}

    private record Link(NodeId from, NodeId to) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            int byFrom = from.compareTo(other.from);
            return byFrom != 0 ? byFrom : to.compareTo(other.to);
        }
    }

    final List<SimNode> nodes = new ArrayList<>();
    final SimChecks checks;

    private final SplittableRandom random;
    private final Map<String, Long> counts;
    private final PriorityQueue<Event> events = new PriorityQueue<>((a, b) ->
            a.atNanos() != b.atNanos() ? Long.compare(a.atNanos(), b.atNanos()) : Long.compare(a.order(), b.order()));
    private final TreeSet<Link> cut = new TreeSet<>();
    private long nowNanos;
    private long order;
    private long value;
    private boolean faults = true;
    /** In a hundred messages. */
    private final int lost;

    private final int duplicated;
    private final long delayMax;
    private final long syncMax;
    /** One in so many chances is a fault of each kind. */
    private final int calm;
    /** One in so many messages is very late. */
    private final int stragglers;
    /** Disks lose what was durable, in this world. */
    private final boolean rot;
    /** The one node that is damaged; 0 for any. */
    private final int victim;

    /** One in so many pieces of work is an operator's: a change of membership, or a transfer of leadership. */
    private final int operations;

    SimCluster(long seed, Map<String, Long> counts) {
        this.random = new SplittableRandom(seed);
        this.counts = counts;
        this.lost = random(3) == 0 ? random(20) : random(3);
        this.duplicated = random(10);
        this.delayMax = (1 + random(random(3) == 0 ? 150 : 15)) * MILLISECOND;
        this.syncMax = (1 + random(random(3) == 0 ? 100 : 10)) * MILLISECOND;
        this.calm = 60 * (1 + random(8));
        this.stragglers = random(2) == 0 ? 40 : 1000;
        this.rot = random(2) == 0;
        int voters = VOTERS[random(VOTERS.length)];
        int learners = random(4) == 0 ? 1 : 0;
        // Either a minority of members that stay is damaged at a time, or one node of members that change.
        this.victim = rot && random(2) == 0 ? 1 + random(voters) : 0;
        boolean fixed = (rot && victim == 0) || random(4) == 0;
        this.operations = fixed ? 1_000_000_000 : 10 + random(60);
        Membership membership = membership(voters, learners);
        int spares = rot && victim == 0 ? 0 : random(4);
        for (int number = 1; number <= voters + learners + spares; number++) {
            NodeId id = NodeId.of(number);
            double rate = random(2) == 0 ? 0.96 + random(2) * 0.08 : 0.96 + random(80) / 1000.0;
            Membership first = membership.contains(id) ? membership : Membership.NONE;
            RaftOptions options = OPTIONS.withPriority(random(4) == 0 ? random(11) : 10);
            nodes.add(new SimNode(id, first, options, this, rate));
        }
        checks = new SimChecks(nodes, membership);
        if (random(3) == 0) {
            nodes.forEach(node -> node.rejoin = Rejoin.FIRST_START);
        }
        nodes.forEach(SimNode::start);
    }

    long nowNanos() {
        return nowNanos;
    }

    int random(int bound) {
        return (int) ((random.nextLong() >>> 1) % bound);
    }

    long randomLong() {
        return random.nextLong();
    }

    long nextValue() {
        return ++value;
    }

    void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    long syncNanos() {
        return faults && random(200) == 0 ? 1500 * MILLISECOND : 1 + random.nextLong(syncMax);
    }

    void after(long nanos, SimNode node, Runnable work) {
        events.add(new Event(nowNanos + nanos, order++, node, false, work));
    }

    void timer(long nanos, SimNode node, Runnable work) {
        events.add(new Event(nowNanos + nanos, order++, node, true, work));
    }

    void send(NodeId from, NodeId to, Message message, List<SimEntry> entries) {
        if (faults && random(100) < lost) {
            return;
        }
        int copies = faults && random(100) < duplicated ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            SimNode target = node(to);
            after(delayNanos(), target, () -> {
                if (target.isUp() && !cut.contains(new Link(from, to))) {
                    target.receive(from, message, entries);
                }
            });
        }
    }

    /** Most messages take a part of {@code delayMax}; a few come so late that everything has changed. */
    private long delayNanos() {
        long straggling = faults && random(stragglers) == 0 ? random.nextLong(4 * SECOND) : 0;
        return 1000 + random.nextLong(delayMax) + straggling;
    }

    void sendSnapshot(SimNode from, NodeId to, long term, LogId snapshot) {
        count("snapshots sent");
        SimNode target = node(to);
        Runnable failed = () -> from.step(new Input.SnapshotDelivered(to, snapshot, false));
        if (cut.contains(new Link(from.id, to)) || !target.isUp() || (faults && random(4) == 0)) {
            from.later(random(300) * MILLISECOND, failed);
            return;
        }
        after(random(300) * MILLISECOND, target, () -> {
            if (target.isUp()) {
                target.receiveSnapshot(from.id, term, snapshot);
            }
        });
        awaitDelivery(from, target, snapshot, 20);
    }

    /** Runs for a while, with everything that can go wrong. */
    void runWithFaults(long seconds) {
        long end = nowNanos + seconds * SECOND;
        while (nowNanos < end) {
            runUntil(nowNanos + random(60) * MILLISECOND);
            disturb();
            work();
        }
    }

    /** Repairs everything, and demands that the cluster comes to one state that has everything new, too. */
    void healAndDemandLiveness() {
        faults = false;
        cut.clear();
        for (SimNode node : nodes) {
            node.pauseUntil(0);
            restart(node);
            node.diskFull(false);
        }
        // What the faults left behind comes to its end first: votes, timeouts, a leader that is to step down.
        runUntil(nowNanos + 10 * SECOND);
        // And one election may be under way even then: a leader hands over to a voter of higher priority.
        boolean commits = leaderCommits();
        require(commits || leaderCommits(), "liveness: no leader that commits");
        nodes.forEach(SimNode::read);
        runUntil(nowNanos + 14 * SECOND);
        require(!checks.membership().isJoint(), "liveness: a joint membership that nobody leaves");
        for (SimNode node : nodes) {
            long committed = checks.committedIndex();
            boolean member = checks.membership().contains(node.id);
            require(!member || node.applied() == committed, "liveness: behind", node.id, node.applied(), committed);
            require(!member || !node.raft().isRejoining(), "liveness: not whole again", node.id);
            node.requireNothingRejected();
            require(node.waitingReads() == 0, "liveness: reads without an answer", node.id, node.waitingReads());
            require(node.waitingRequests() == 0, "liveness: operators without an answer", node.id);
            if (!member) {
                count(node.raft().status().removed() ? "nodes that know they are removed" : "nodes outside");
            }
        }
        demandQuiet();
    }

    /** Whoever was removed disturbs nobody (thesis §4.2.3): the leader stays for as long as nothing breaks. */
    private void demandQuiet() {
        runUntil(nowNanos + 90 * SECOND);
        SimNode leader = nodes.stream().filter(SimNode::leads).findFirst().orElseThrow();
        long term = leader.raft().term();
        runUntil(nowNanos + 10 * SECOND);
        require(leader.leads() && leader.raft().term() == term, "liveness: the leader was disturbed", leader.id, term);
    }

    /** True when exactly one node leads, and what is proposed to it gets committed. */
    private boolean leaderCommits() {
        List<SimNode> leaders = nodes.stream().filter(SimNode::leads).toList();
        if (leaders.size() != 1) {
            runUntil(nowNanos + 5 * SECOND);
            return false;
        }
        long before = checks.committedIndex();
        leaders.get(0).propose(3);
        runUntil(nowNanos + 5 * SECOND);
        return checks.committedIndex() >= before + 3;
    }

    private void awaitDelivery(SimNode from, SimNode target, LogId snapshot, int tries) {
        from.later(200 * MILLISECOND, () -> {
            if (target.isPast(snapshot) || tries == 0) {
                from.step(new Input.SnapshotDelivered(target.id, snapshot, tries > 0));
            } else {
                awaitDelivery(from, target, snapshot, tries - 1);
            }
        });
    }

    private void runUntil(long end) {
        while (!events.isEmpty() && events.peek().atNanos() <= end) {
            Event event = events.remove();
            nowNanos = Math.max(nowNanos, event.atNanos());
            SimNode node = event.node();
            if (node.resumesAt() > nowNanos) {
                // After a pause the messages that came meanwhile are taken before the clock is read.
                long place = event.timer() ? order++ : event.order();
                events.add(new Event(node.resumesAt(), place, node, event.timer(), event.work()));
            } else {
                event.work().run();
                checks.leases(nowNanos);
            }
        }
        nowNanos = end;
        checks.leases(nowNanos);
    }

    /** Breaks something, now and then, for up to some seconds. */
    private void disturb() {
        SimNode node = victim();
        if (!node.isUp()) {
            return;
        }
        switch (random(calm)) {
            case 0 -> {
                node.crash();
                count("crashes");
                after(random(3000) * MILLISECOND, node, () -> restart(node));
            }
            case 1 -> {
                node.crash();
                node.start();
                count("restarts at once");
            }
            case 2 -> cutAround(node);
            case 3 -> cut(List.of(new Link(node.id, nodes.get(random(nodes.size())).id)));
            case 4 -> node.pauseUntil(nowNanos + random(3000) * MILLISECOND);
            case 5 -> {
                node.diskFull(true);
                node.later(random(2500) * MILLISECOND, () -> node.diskFull(false));
            }
            case 6, 7, 8 -> {
                node.takeSnapshot();
                push(node);
            }
            case 9, 10, 11 -> damage(node);
            default -> {
                // Most of the time nothing breaks.
            }
        }
    }

    /** A crash, and the disk has lost something; never at more nodes than the others can repair. */
    private void damage(SimNode node) {
        Membership members = checks.membership();
        long voters = members.voters().size();
        boolean othersVote = nodes.stream().anyMatch(each -> each != node && members.isVoter(each.id));
        long damaged = 1
                + nodes.stream()
                        .filter(each -> each != node && each.isDamaged())
                        .count();
        boolean tooMuch = victim == 0 ? damaged > (voters - 1) / 2 : node.id.value() != victim || !othersVote;
        if (!rot || tooMuch) {
            return;
        }
        node.crash();
        // Who began alone and finds nothing begins alone again; and before all have entries, that is right for anyone.
        boolean formed = checks.membershipAt(0).voters().size() > 1
                && nodes.stream().allMatch(each -> each == node || each.hasEntries());
        switch (random(4)) {
            case 0 -> {
                node.loseEverything(formed ? Rejoin.FIRST_START : Rejoin.VOTE_LOST);
                count(formed ? "disks wiped" : "votes lost");
            }
            case 1 -> {
                node.loseEverything(Rejoin.VOTE_LOST);
                count("votes lost");
            }
            default -> {
                node.loseEntries();
                count("entries lost");
            }
        }
        after(random(3000) * MILLISECOND, node, () -> restart(node));
    }

    private void restart(SimNode node) {
        if (!node.isUp()) {
            node.start();
        }
    }

    private void cut(List<Link> links) {
        cut.addAll(links);
        after(random(4000) * MILLISECOND, nodes.get(0), () -> links.forEach(cut::remove));
    }

    /** Leaders have more bad luck than others. */
    private SimNode victim() {
        SimNode any = nodes.get(random(nodes.size()));
        return random(3) > 0
                ? any
                : nodes.stream().filter(SimNode::leads).findFirst().orElse(any);
    }

    /** A leader may send a snapshot to a peer that does not need it, or that gets entries at the same time. */
    private void push(SimNode node) {
        SimNode target = nodes.get(random(nodes.size()));
        if (node.leads() && node != target && node.snapshot.index() > 0) {
            long term = node.raft().term();
            LogId snapshot = node.snapshot;
            after(random(20) * MILLISECOND, target, () -> {
                if (target.isUp()) {
                    target.receiveSnapshot(node.id, term, snapshot);
                }
            });
        }
    }

    /** Separates a node from the others; half of the time some of the others from each other, too. */
    private void cutAround(SimNode node) {
        boolean clean = random(2) == 0;
        List<Link> links = new ArrayList<>();
        for (SimNode a : nodes) {
            for (SimNode b : nodes) {
                boolean apart = (a == node) != (b == node);
                if (apart || (!clean && random(3) == 0)) {
                    links.add(new Link(a.id, b.id));
                }
            }
        }
        cut(links);
        count("partitions");
    }

    private void work() {
        SimNode node = nodes.get(random(nodes.size()));
        if (!node.isUp() || node.resumesAt() > nowNanos) {
            return;
        }
        if (random(operations) == 0) {
            operate(node);
            return;
        }
        switch (random(4)) {
            case 0 -> node.read();
            case 1 -> node.propose(1 + random(6));
            default ->
                nodes.stream()
                        .filter(each -> each.leads() && each.resumesAt() <= nowNanos)
                        .forEach(leader -> leader.propose(1 + random(4)));
        }
    }

    /** An operator asks the leader, if there is one, else anyone. */
    private void operate(SimNode any) {
        SimNode node = nodes.stream()
                .filter(each -> each.leads() && each.resumesAt() <= nowNanos)
                .findFirst()
                .orElse(any);
        NodeId id = nodes.get(random(nodes.size())).id;
        NodeId other = nodes.get(random(nodes.size())).id;
        String address = random(5) == 0
                ? "moved" + random(9)
                : checks.membership().addresses().getOrDefault(id, "");
        switch (random(11)) {
            case 0 -> node.reconfigure(MembershipChange.addLearner(id, address));
            case 1, 2 -> node.reconfigure(MembershipChange.addVoter(id, address));
            case 3 -> node.reconfigure(MembershipChange.promote(id));
            case 4 -> node.reconfigure(MembershipChange.demote(id));
            case 5 -> node.reconfigure(MembershipChange.remove(id));
            case 6 -> node.reconfigure(MembershipChange.replace(other, id, address));
            case 7 -> node.reconfigure(MembershipChange.updateAddress(id, address));
            case 8 -> {
                TreeSet<NodeId> voters = new TreeSet<>();
                nodes.stream().filter(unused -> random(2) == 0).forEach(each -> voters.add(each.id));
                node.reconfigure(MembershipChange.voters(voters));
            }
            case 9 -> node.transfer(Optional.of(id));
            default -> node.transfer(Optional.empty());
        }
    }

    private SimNode node(NodeId id) {
        return nodes.get((int) id.value() - 1);
    }

    private static Membership membership(int voters, int learners) {
        TreeMap<NodeId, String> addresses = new TreeMap<>();
        TreeSet<NodeId> voterIds = new TreeSet<>();
        TreeSet<NodeId> learnerIds = new TreeSet<>();
        for (int i = 1; i <= voters + learners; i++) {
            addresses.put(NodeId.of(i), "");
            (i <= voters ? voterIds : learnerIds).add(NodeId.of(i));
        }
        return new Membership(voterIds, new TreeSet<>(), learnerIds, addresses);
    }
}
