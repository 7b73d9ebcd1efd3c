package dev.quorate.sim.mutants;

import dev.quorate.sim.faults.Profile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a mutant fared.
 *
 * @param seeds how many seeds each round took to notice it, ascending; rounds that did not are missing
 * @param rounds how many rounds there were
 * @param invariant the name of the invariant that noticed it most often
 */
public record Catch(Mutant mutant, List<Integer> seeds, int rounds, Optional<String> invariant) {
    public Catch {
        seeds = seeds.stream().sorted().toList();
    }

    /** True when every round noticed it. */
    public boolean isCaught() {
        return rounds > 0 && seeds.size() == rounds;
    }

    /** The median of the seeds that it took; 0 when more than half of the rounds did not notice it. */
    public int median() {
        return seeds.size() * 2 > rounds ? seeds.get(rounds / 2) : 0;
    }

    /** A row of the table in {@code docs/TESTING.md}. */
    public String row() {
        String caught = isCaught()
                ? median() + " (at most " + seeds.get(seeds.size() - 1) + ")"
                : "survived " + (rounds - seeds.size()) + " of " + rounds + " rounds";
        String worlds = mutant.profile() == Profile.SWARM
                ? ""
                : " (" + mutant.profile().name().toLowerCase(Locale.ROOT) + ")";
        return "| " + mutant.name() + worlds + " | " + mutant.what() + " | " + invariant.orElse("none") + " | " + caught
                + " |";
    }
}
