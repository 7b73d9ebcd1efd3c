package dev.quorate.server.chaos;

import dev.quorate.sim.kernel.Chance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Partitions of all forms, loss and delay. Several may last at a time: a direction carries when nothing cuts it. */
final class NetworkFaults implements Faults {
    private static final int DELAY_MILLIS_MAX = 400;
    private static final double LOSS_MAX = 0.3;

    private final Members members;
    private final Network network;
    private final Agenda agenda;
    private final Journal journal;
    private final int[][] cuts = new int[Network.MEMBERS_MAX + 1][Network.MEMBERS_MAX + 1];

    private record Way(int from, int to) {}

    NetworkFaults(Members members, Network network, Agenda agenda, Journal journal) {
        this.members = members;
        this.network = network;
        this.agenda = agenda;
        this.journal = journal;
    }

    @Override
    public boolean strike(PlannedFault fault) throws IOException {
        Chance chance = new Chance(fault.seed());
        List<Member> all = members.present();
        Optional<Member> leader = members.leader();
        switch (fault.kind()) {
            case ISOLATE_LEADER -> {
                if (leader.isEmpty()) {
                    return false;
                }
                cut(fault, between(List.of(leader.get()), all));
            }
            case ISOLATE_FOLLOWER -> {
                List<Member> followers = new ArrayList<>(all);
                leader.ifPresent(followers::remove);
                cut(fault, between(List.of(chance.pick(followers)), all));
            }
            case SPLIT -> cut(fault, between(minority(all, leader, chance), all));
            case ONE_WAY -> cut(fault, oneWay(all, leader, chance));
            case LOSS, DELAY ->
                shape(fault, leader.filter(is -> chance.happens(0.5)).orElse(chance.pick(all)), chance);
            default -> throw new IllegalArgumentException("no fault of a network: " + fault.kind());
        }
        return true;
    }

    /** As many as no quorum needs, the leader among them half of the time. */
    private List<Member> minority(List<Member> all, Optional<Member> leader, Chance chance) {
        List<Member> left = new ArrayList<>(all);
        List<Member> chosen = new ArrayList<>();
        leader.filter(is -> chance.happens(0.5) && left.remove(is)).ifPresent(chosen::add);
        while (chosen.size() < Math.max(1, members.spareCount())) {
            chosen.add(left.remove(chance.below(left.size())));
        }
        return chosen;
    }

    /** From one to another, or to all others, or the same the other way round. */
    private static List<Way> oneWay(List<Member> all, Optional<Member> leader, Chance chance) {
        Member one = leader.filter(is -> chance.happens(0.6)).orElse(chance.pick(all));
        List<Member> others = new ArrayList<>(all);
        others.remove(one);
        List<Member> reached = chance.happens(0.5) ? others : List.of(chance.pick(others));
        boolean deaf = chance.happens(0.5);
        return reached.stream()
                .map(other -> deaf ? new Way(other.number(), one.number()) : new Way(one.number(), other.number()))
                .toList();
    }

    private static List<Way> between(List<Member> group, List<Member> all) {
        List<Way> ways = new ArrayList<>();
        for (Member one : group) {
            for (Member other : all) {
                if (!group.contains(other)) {
                    ways.add(new Way(one.number(), other.number()));
                    ways.add(new Way(other.number(), one.number()));
                }
            }
        }
        return ways;
    }

    private void cut(PlannedFault fault, List<Way> ways) throws IOException {
        for (Way way : ways) {
            if (cuts[way.from][way.to]++ == 0) {
                network.cut(way.from, way.to);
            }
        }
        String text = text(ways);
        journal.say("cut " + text + " for " + fault.lastsMillis() + " ms");
        agenda.in(fault.lastsMillis(), () -> {
            for (Way way : ways) {
                if (--cuts[way.from][way.to] == 0) {
                    network.mend(way.from, way.to);
                }
            }
            journal.say("mended " + text);
        });
    }

    private static String text(List<Way> ways) {
        return String.join(
                " ", ways.stream().map(way -> way.from + ">" + way.to).toList());
    }

    private void shape(PlannedFault fault, Member from, Chance chance) throws IOException {
        Network.Shape shape = fault.kind() == FaultKind.LOSS
                ? new Network.Shape(0, 0.02 + LOSS_MAX * chance.unit())
                : new Network.Shape(5 + chance.below(DELAY_MILLIS_MAX), 0);
        shape(from, shape);
        journal.say("what " + from.name() + " sends: " + shape + " for " + fault.lastsMillis() + " ms");
        agenda.in(fault.lastsMillis(), () -> {
            shape(from, Network.Shape.NONE);
            journal.say("what " + from.name() + " sends arrives again");
        });
    }

    private void shape(Member from, Network.Shape shape) throws IOException {
        for (Member to : members.present()) {
            if (to != from) {
                network.shape(from.number(), to.number(), shape);
            }
        }
    }

    @Override
    public void healAll() throws IOException {
        for (int from = 1; from <= Network.MEMBERS_MAX; from++) {
            for (int to = 1; to <= Network.MEMBERS_MAX; to++) {
                if (cuts[from][to] > 0) {
                    cuts[from][to] = 0;
                    network.mend(from, to);
                }
            }
        }
        if (network.canShape()) {
            for (Member member : members.present()) {
                shape(member, Network.Shape.NONE);
            }
        }
        journal.say("the network is whole");
    }
}
