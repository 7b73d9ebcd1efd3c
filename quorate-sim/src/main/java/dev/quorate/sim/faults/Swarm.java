package dev.quorate.sim.faults;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.SnapshotConfig;
import dev.quorate.engine.SnapshotPolicy;
import dev.quorate.raft.RaftOptions;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.net.NetworkTraits;
import dev.quorate.sim.workload.ClientTraits;
import dev.quorate.sim.workload.SessionTraits;
import dev.quorate.wal.WalOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a world is made of, drawn from its seed (swarm testing: a world with every fault at once hides what a world with
 * two of them shows).
 *
 * @param spares how many machines wait to join
 * @param faults what the nemesis chooses from, as often as it stands there
 * @param faultNanos the mean time between two faults
 * @param restartNanos the mean time until a machine that is down starts again
 * @param clockPpmMax how much the rates of clocks may differ from that of the world, in millionths
 * @param pauses whether processes are paused in the middle of steps
 */
public record Swarm(
        int nodes,
        int spares,
        int clients,
        long durationNanos,
        NetworkTraits network,
        List<FaultKind> faults,
        long faultNanos,
        long restartNanos,
        int clockPpmMax,
        boolean pauses,
        ClientTraits clientTraits,
        SessionTraits sessionTraits,
        NodeOptions options,
        WalOptions walOptions) {

    private static final int WEIGHT_MAX = 4;
    private static final int SPARES_MAX = 2;
    /** The options below promise leases for clocks that differ by less than a tenth. */
    private static final int CLOCK_PPM_MAX = 40_000;

    public Swarm {
        faults = List.copyOf(faults);
    }

    /**
     * Draws a world.
     *
     * @param nodes how many nodes; 0 for drawn
     * @param durationNanos how long faults happen; 0 for drawn
     */
    public static Swarm drawn(Chance chance, Profile profile, int nodes, long durationNanos) {
        int count = nodes > 0 ? nodes : drawNodes(chance);
        boolean calm = profile == Profile.CALM;
        boolean network = profile.allows(FaultKind.Group.NETWORK) && chance.happens(0.7);
        boolean leases = profile == Profile.LEASES;
        boolean time = profile.allows(FaultKind.Group.TIME);
        List<FaultKind> faults = drawFaults(chance, profile);
        Swarm drawn = new Swarm(
                count,
                faults.contains(FaultKind.MEMBERSHIP) ? chance.below(SPARES_MAX + 1) : 0,
                2 + chance.below(6),
                durationNanos > 0
                        ? durationNanos
                        : chance.between(3_000_000_000L, leases ? 40_000_000_000L : 12_000_000_000L),
                network ? NetworkTraits.drawn(chance) : NetworkTraits.GOOD,
                faults,
                chance.between(60_000_000, leases ? 500_000_000 : 1_500_000_000),
                chance.between(20_000_000, leases ? 600_000_000 : 3_000_000_000L),
                time && chance.happens(leases ? 1 : 0.6) ? CLOCK_PPM_MAX : 0,
                time && !calm && chance.happens(0.5),
                ClientTraits.drawn(chance),
                SessionTraits.NONE,
                drawOptions(chance),
                drawWal(chance));
        if (leases) {
            return chance.happens(0.6) ? drawn.withQuietClients(chance) : drawn;
        }
        // Behind all other draws, so that a seed without sessions is what it was before there were any.
        return chance.happens(0.5) ? drawn.withSessions(chance) : drawn;
    }

    private Swarm withQuietClients(Chance chance) {
        return with(clientTraits.quiet(chance), sessionTraits, options);
    }

    private Swarm withSessions(Chance chance) {
        NodeOptions.Sessions limits = new NodeOptions.Sessions(
                Duration.ofMillis(chance.between(300, chance.happens(0.5) ? 3000 : 60_000)),
                1 + chance.below(4),
                chance.happens(0.3) ? 1 + chance.below(3) : 1000,
                chance.happens(0.3) ? chance.below(300) : 1 << 20,
                Duration.ofMillis(chance.between(1, 5000)));
        return with(clientTraits, SessionTraits.drawn(chance), options.withSessions(limits));
    }

    private Swarm with(ClientTraits ofClients, SessionTraits ofSessions, NodeOptions ofNodes) {
        return new Swarm(
                nodes,
                spares,
                clients,
                durationNanos,
                network,
                faults,
                faultNanos,
                restartNanos,
                clockPpmMax,
                pauses,
                ofClients,
                ofSessions,
                ofNodes,
                walOptions);
    }

    private static int drawNodes(Chance chance) {
        int draw = chance.below(20);
        return draw < 14 ? 3 : draw < 19 ? 5 : 7;
    }

    private static List<FaultKind> drawFaults(Chance chance, Profile profile) {
        List<FaultKind> faults = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            if (profile.allows(kind) && chance.happens(profile == Profile.LEASES ? 0.7 : 0.4)) {
                for (int weight = 1 + chance.below(WEIGHT_MAX); weight > 0; weight--) {
                    faults.add(kind);
                }
            }
        }
        return faults;
    }

    private static NodeOptions drawOptions(Chance chance) {
        int entries = (int) chance.between(10, chance.happens(0.5) ? 60 : 400);
        long election = chance.happens(0.5) ? 1_000_000_000L : chance.between(150, 1500) * 1_000_000;
        boolean small = chance.happens(0.3);
        RaftOptions raft = new RaftOptions(
                election,
                election / 10,
                election / 10,
                small ? 1 + chance.below(8) : 4096,
                small ? 1 + chance.below(400) : 1 << 20,
                small ? 1 + chance.below(4) : 256,
                small ? 200 + chance.below(2000) : 16L << 20,
                256L << 20,
                small ? 1 + chance.below(3) : 4096);
        boolean tight = chance.happens(0.3);
        NodeOptions.Limits limits = new NodeOptions.Limits(
                1 << 16,
                tight ? 1 + chance.below(4) : 1000,
                1 << 20,
                tight ? 1 + chance.below(4) : 1000,
                1000,
                chance.happens(0.4) ? 1 + chance.below(10) : 10_000,
                chance.happens(0.4) ? 100 + chance.below(1000) : 1 << 20,
                chance.happens(0.4) ? 1 + chance.below(10) : 1000,
                chance.happens(0.4) ? 100 + chance.below(1000) : 1 << 20);
        return NodeOptions.DEFAULTS
                .withRaft(raft)
                .withLimits(limits)
                // Not a draw of its own: the rest of what a seed draws stays what it was.
                .withForwarding(entries % 2 == 0)
                .withSnapshotPolicy(SnapshotPolicy.logSize(entries, 1 << 20))
                .withRetainedEntries(chance.below(chance.happens(0.5) ? 10 : 100))
                .withSnapshotTransfer(new SnapshotConfig(
                        4096, Duration.ofMillis(chance.between(300, 3000)), chance.below(4), 1 + chance.below(4), 0))
                .withTimeouts(new NodeOptions.Timeouts(
                        Duration.ofMillis(chance.between(1000, 6000)),
                        Duration.ofMillis(chance.between(500, 6000)),
                        Duration.ofMillis(chance.between(100, 1000)),
                        Duration.ofMillis(chance.between(20, 500))));
    }

    private static WalOptions drawWal(Chance chance) {
        int first = 4096;
        int full = first << chance.below(4);
        return new WalOptions(full, first, 512 << chance.below(5), 512 << chance.below(5), chance.below(3));
    }
}
