package dev.quorate.sim.node;

import dev.quorate.engine.NodeOptions;
import dev.quorate.raft.NodeId;
import dev.quorate.sim.invariants.Rules;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.kernel.TraceHash;
import dev.quorate.sim.net.SimNetwork;
import dev.quorate.sim.probes.Probes;
import dev.quorate.wal.WalOptions;
import java.util.List;

/**
 * What all machines of a world share.
 *
 * @param chance where the machines' own choices come from
 * @param members the first members of the cluster
 */
public record Surroundings(
        Schedule schedule,
        Chance chance,
        TraceHash trace,
        Probes probes,
        Rules rules,
        SimNetwork network,
        PauseGate gate,
        NodeOptions options,
        WalOptions walOptions,
        List<NodeId> members) {
    public Surroundings {
        members = List.copyOf(members);
    }
}
