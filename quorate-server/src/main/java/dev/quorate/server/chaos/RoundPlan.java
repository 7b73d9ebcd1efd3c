package dev.quorate.server.chaos;

import dev.quorate.sim.kernel.Chance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What a round is made of, all drawn from its seed: the cluster, the clients, and which fault happens when. Real time
 * then makes each run of a plan another one.
 *
 * @param nodes how many members begin
 * @param network which network connects them
 * @param electionMillis the election timeout of the members
 * @param snapshotCount after how many writes they make a snapshot
 * @param segments how their logs lie on their disks
 * @param clients how many clients ask
 * @param thinkMillis the mean time of a client between an answer and the next question
 * @param patienceMillis after this time a client gives up
 * @param localRate the share of reads that are serializable
 * @param loadMillis how long faults happen
 * @param faults what happens, in the order of time
 * @param clientSeed what the clients draw from
 */
record RoundPlan(
        int nodes,
        String network,
        int electionMillis,
        int snapshotCount,
        Segments segments,
        int clients,
        int thinkMillis,
        int patienceMillis,
        double localRate,
        int loadMillis,
        List<PlannedFault> faults,
        long clientSeed) {

    private static final int WEIGHT_MAX = 3;
    private static final double KIND_RATE = 0.45;
    /** The time at the beginning in which nothing happens, so that there is something to lose. */
    private static final int CALM_MILLIS = 1_500;

    private static final int FULL_MILLIS_MIN = 6_000;

    RoundPlan {
        faults = List.copyOf(faults);
    }

    /**
     * What a plan may be drawn from.
     *
     * @param nodes how many members; 0 for drawn
     * @param networks the names of the networks that the machine allows, at least one
     * @param shaping those of them that can delay and lose
     * @param kinds the faults that may happen
     * @param loadMillis how long they do; 0 for drawn
     */
    record Choice(int nodes, List<String> networks, Set<String> shaping, Collection<FaultKind> kinds, int loadMillis) {
        /** In how many rounds a kind is wanted: what only some networks can do more often there, to come as often. */
        private double rate(FaultKind kind) {
            if (!kind.needsShaping()) {
                return KIND_RATE;
            }
            long able = networks.stream().filter(shaping::contains).count();
            return Math.min(1, KIND_RATE * networks.size() / Math.max(1, able));
        }
    }

    /** Draws a plan. */
    static RoundPlan drawn(long seed, Choice choice) {
        Chance chance = new Chance(seed);
        int nodes = choice.nodes > 0 ? choice.nodes : chance.happens(0.6) ? 3 : 5;
        String network = chance.pick(choice.networks);
        int election = chance.happens(0.5) ? 1_000 : (int) chance.between(300, 1_500);
        int load = choice.loadMillis > 0 ? choice.loadMillis : (int) chance.between(45_000, 80_000);
        List<FaultKind> kinds = drawKinds(chance, choice, choice.shaping.contains(network));
        Segments segments = chance.happens(0.5) ? Segments.SMALL : Segments.PRODUCTION;
        if (kinds.stream().anyMatch(FaultKind::fillsDisk)) {
            segments = Segments.TINY;
        }
        List<PlannedFault> faults = drawFaults(chance.split(), kinds, load, election);
        return new RoundPlan(
                nodes,
                network,
                election,
                (int) (chance.happens(0.7) ? chance.between(100, 1_500) : 100_000),
                segments,
                (int) chance.between(4, 6),
                (int) chance.between(60, 150),
                (int) chance.between(2_500, 5_000),
                chance.happens(0.5) ? 0.3 * chance.unit() : 0,
                load,
                faults,
                chance.nextLong());
    }

    /** Which kinds this round knows, each as often as its weight: with all of them at once, some hide others. */
    private static List<FaultKind> drawKinds(Chance chance, Choice choice, boolean shapes) {
        List<FaultKind> possible = choice.kinds.stream()
                .filter(kind -> shapes || !kind.needsShaping())
                .toList();
        List<FaultKind> kinds = new ArrayList<>();
        for (FaultKind kind : possible) {
            int weight = 1 + chance.below(WEIGHT_MAX);
            if (chance.happens(choice.rate(kind))) {
                for (int i = 0; i < weight; i++) {
                    kinds.add(kind);
                }
            }
        }
        if (kinds.isEmpty() && !possible.isEmpty()) {
            kinds.add(chance.pick(possible));
        }
        return kinds;
    }

    private static List<PlannedFault> drawFaults(Chance chance, List<FaultKind> kinds, int load, int election) {
        List<PlannedFault> faults = new ArrayList<>();
        if (kinds.isEmpty()) {
            return faults;
        }
        long mean = chance.between(4_000, 9_000);
        long at = CALM_MILLIS + chance.exponential(mean / 2);
        while (at < load) {
            FaultKind kind = chance.pick(kinds);
            long lasts = drawMillis(chance, kind, election);
            faults.add(new PlannedFault(kind, at, lasts, chance.nextLong()));
            at += chance.exponential(mean);
        }
        return faults;
    }

    private static long drawMillis(Chance chance, FaultKind kind, int election) {
        if (kind == FaultKind.PAUSE) {
            return chance.between(election, 5L * election);
        }
        // Until a disk without space is noticed, what was reserved before has to be used up.
        long least = kind.fillsDisk() ? FULL_MILLIS_MIN : 500;
        return least + chance.between(0, chance.happens(0.3) ? 12_000 : 4_500);
    }
}
