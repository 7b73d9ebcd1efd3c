package dev.quorate.sim.mutants;

import dev.quorate.sim.campaign.Judges;
import dev.quorate.sim.faults.Profile;
import dev.quorate.sim.world.Scenario;
import dev.quorate.sim.world.World;
import dev.quorate.sim.world.WorldReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The program that a mutant's JVM runs. Appends a line for each round to a file: the number of seeds and the name of
 * the invariant, or 0 when nothing was noticed.
 */
final class Trial {
    /** Rounds begin so far apart. */
    private static final long ROUND_SEEDS = 100_000;

    private Trial() {}

    /** Arguments: the file, the first seed, the most seeds of a round, the number of rounds, the profile. */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        long first = Long.parseLong(args[1]);
        int seedsMax = Integer.parseInt(args[2]);
        int rounds = Integer.parseInt(args[3]);
        Profile profile = Profile.valueOf(args[4]);
        for (int round = 0; round < rounds; round++) {
            String line = round(new Scenario(first + round * ROUND_SEEDS, 0, 0, profile), seedsMax) + "\n";
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private static String round(Scenario first, int seedsMax) {
        for (int count = 1; count <= seedsMax; count++) {
            WorldReport report = new World(first.withSeed(first.seed() + count - 1), Judges.linearizability()).run();
            if (report.failure().isPresent()) {
                return count + " " + report.failure().get().invariant();
            }
        }
        return "0";
    }
}
