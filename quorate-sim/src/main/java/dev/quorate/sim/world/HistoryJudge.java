package dev.quorate.sim.world;

import dev.quorate.sim.check.History;
import java.util.Optional;

/** Who says whether the history of a world can be explained by one atomic store. */
@FunctionalInterface
public interface HistoryJudge {
    /** The name under which a violation is reported. */
    String INVARIANT = "HistoryIsLinearizable";

    /** Judges a history. */
    Judgement judge(History history);

    /**
     * What the judge says.
     *
     * @param violation what is wrong, in lines of text; empty when nothing is
     * @param undecided true when the judge came to no end
     */
    record Judgement(Optional<String> violation, boolean undecided) {}
}
