package dev.quorate.sim.world;

import dev.quorate.sim.faults.Profile;
import java.util.Locale;

/**
 * What to simulate.
 *
 * @param nodes how many nodes; 0 for drawn from the seed
 * @param minutes how many simulated minutes faults happen; 0 for some seconds, drawn from the seed
 */
public record Scenario(long seed, int nodes, int minutes, Profile profile) {
    /** The world of a seed, everything drawn. */
    public static Scenario of(long seed) {
        return new Scenario(seed, 0, 0, Profile.SWARM);
    }

    /** The same world with another seed. */
    public Scenario withSeed(long other) {
        return new Scenario(other, nodes, minutes, profile);
    }

    /** The command that simulates it. */
    public String command() {
        StringBuilder command = new StringBuilder("./quorate sim --seed " + seed);
        if (nodes > 0) {
            command.append(" --nodes ").append(nodes);
        }
        if (minutes > 0) {
            command.append(" --minutes ").append(minutes);
        }
        if (profile != Profile.SWARM) {
            command.append(" --profile ").append(profile.name().toLowerCase(Locale.ROOT));
        }
        return command.toString();
    }
}
