package dev.quorate.sim.check;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * Why a history is wrong, with as few operations as possible.
 *
 * @param findings what well-known faults it shows, the one to read first in front; never empty
 * @param conflict the positions of the operations that contradict each other, ascending. When {@code culprit} is
 *     present: these cannot be put in order, whatever all others did and whenever they did it
 * @param culprit the position of the operation whose answer made it impossible: until then there was an order
 * @param prefix how many answered operations on the same keys had ended before that, all of which can be ordered
 * @param states states of the keys in conflict that were possible just before that answer; at most {@link #STATES_MAX}
 * @param isShortest whether no operation of the conflict could be left out and no earlier answer be the culprit, as far
 *     as the limit allowed to find out
 */
public record Explanation(
        List<Finding> findings,
        List<Integer> conflict,
        OptionalInt culprit,
        int prefix,
        List<SortedMap<String, String>> states,
        boolean isShortest) {
    /** The most states that are listed. */
    public static final int STATES_MAX = 6;

    public Explanation {
        findings = List.copyOf(findings);
        conflict = conflict.stream().distinct().sorted().toList();
        states = List.copyOf(states);
    }

    /** The finding to read first. */
    public Finding first() {
        return findings.get(0);
    }
}
