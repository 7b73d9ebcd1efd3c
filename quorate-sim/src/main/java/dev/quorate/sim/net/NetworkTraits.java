package dev.quorate.sim.net;

import dev.quorate.sim.kernel.Chance;

/**
 * How a network behaves all the time, apart from what is cut or clogged for a while.
 *
 * @param delayNanosMin the shortest way
 * @param delayNanosMax the longest usual way
 * @param lossRate the share of messages that are lost
 * @param duplicateRate the share that arrive twice
 * @param straggleRate the share that take up to {@code straggleNanosMax}, and are overtaken by later ones
 * @param straggleNanosMax the longest way of all
 * @param inOrder whether messages of one kind from one node to another keep their order; else only chance says
 */
public record NetworkTraits(
        long delayNanosMin,
        long delayNanosMax,
        double lossRate,
        double duplicateRate,
        double straggleRate,
        long straggleNanosMax,
        boolean inOrder) {

    /** A good network of a data centre. */
    public static final NetworkTraits GOOD = new NetworkTraits(50_000, 500_000, 0, 0, 0, 0, true);

    /** A network drawn by chance; each fault is there or not. */
    public static NetworkTraits drawn(Chance chance) {
        long min = chance.between(20_000, 1_000_000);
        return new NetworkTraits(
                min,
                min + chance.between(50_000, chance.happens(0.2) ? 40_000_000 : 2_000_000),
                chance.happens(0.5) ? chance.unit() * 0.08 : 0,
                chance.happens(0.4) ? chance.unit() * 0.08 : 0,
                chance.happens(0.4) ? chance.unit() * 0.05 : 0,
                chance.between(5_000_000, 3_000_000_000L),
                chance.happens(0.5));
    }
}
