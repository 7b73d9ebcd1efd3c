package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Runs clusters through random faults, one seed each, and checks every invariant after every event; then heals them and
 * demands liveness. {@code -Dcore.seed=N} runs one seed, {@code -Dcore.seeds=N} that many.
 */
class RandomClusterTest {
    private static final int SECONDS = 20;

    @Test
    void everyInvariantHoldsUnderFaultsAndTheClusterRecovers() {
        long only = Long.getLong("core.seed", 0);
        long first = only > 0 ? only : 1;
        long last = only > 0 ? only : Long.getLong("core.seeds", 300);
        Map<String, Long> counts = new TreeMap<>();
        for (long seed = first; seed <= last; seed++) {
            run(seed, counts);
        }
        if (only == 0) {
            // What no seed ever reached was not tested.
            assertThat(counts)
                    .containsKeys(
                            "changes done",
                            "changes refused: CATCH_UP_FAILED",
                            "changes refused: CHANGE_IN_PROGRESS",
                            "changes refused: INVALID",
                            "changes refused: LEADERSHIP_LOST",
                            "changes refused: LEARNER_BEHIND",
                            "changes refused: NOT_LEADER",
                            "changes refused: NOT_READY",
                            "changes refused: TRANSFER_IN_PROGRESS",
                            "crashes",
                            "disks wiped",
                            "elections",
                            "entries lost",
                            "joint memberships",
                            "leases",
                            "leases revoked",
                            "nodes that know they are removed",
                            "partitions",
                            "purges",
                            "reads at followers",
                            "reads at leaders",
                            "reads refused: LEADERSHIP_LOST",
                            "reads refused: NOT_LEADER",
                            "reads refused: OVERLOADED",
                            "reads refused: TIMED_OUT",
                            "rejoined: ENTRIES_LOST",
                            "rejoined: FIRST_START",
                            "rejoined: VOTE_LOST",
                            "snapshots ignored",
                            "snapshots installed",
                            "snapshots sent",
                            "transfers done",
                            "transfers refused: INVALID",
                            "transfers refused: NOT_LEADER",
                            "transfers refused: TIMED_OUT",
                            "transfers refused: TRANSFER_IN_PROGRESS",
                            "truncations",
                            "votes lost");
        }
    }

    private static void run(long seed, Map<String, Long> counts) {
        try {
            SimCluster cluster = new SimCluster(seed, counts);
            cluster.runWithFaults(SECONDS);
            cluster.healAndDemandLiveness();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
        }
    }
}
