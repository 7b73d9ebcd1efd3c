package dev.quorate.sim.faults;

import dev.quorate.sim.faults.FaultKind.Group;
import java.util.EnumSet;
import java.util.Set;

/** Which groups of faults a world may draw from. */
public enum Profile {
    /** Everything; each seed draws which of it exists. */
    SWARM,
    /** Everything but damage to what a disk holds. */
    SOUND,
    /** No faults, a good network. */
    CALM,
    /** The network alone. */
    NETWORK,
    /** Crashes alone. */
    CRASHES,
    /** Disks and crashes. */
    DISKS,
    /** Pauses and clocks. */
    TIME,
    /**
     * What leases rest on, and nothing else: clocks at the ends of their range, late answers, one-way cuts, restarts.
     */
    LEASES;

    private static final Set<FaultKind> OF_LEASES = EnumSet.of(
            FaultKind.LATE_ANSWERS,
            FaultKind.ISOLATE,
            FaultKind.ONE_WAY,
            FaultKind.SLOW_LINK,
            FaultKind.CREEPING_PARTITION,
            FaultKind.DEAF_LEADER,
            FaultKind.STALLED_PROMISE,
            FaultKind.PAUSE,
            FaultKind.KILL,
            FaultKind.TRANSFER);

    /** True for a fault that a world of this profile may have. */
    boolean allows(FaultKind kind) {
        if (this == LEASES) {
            return OF_LEASES.contains(kind);
        }
        return !kind.isTrap() && allows(kind.group());
    }

    /** Operations are no faults, and belong to every world. */
    boolean allows(Group group) {
        return group == Group.OPERATIONS
                || switch (this) {
                    case SWARM -> true;
                    case SOUND -> group != Group.DAMAGE;
                    case CALM -> false;
                    case NETWORK -> group == Group.NETWORK;
                    case CRASHES -> group == Group.CRASHES;
                    case DISKS -> group == Group.DISKS || group == Group.DAMAGE || group == Group.CRASHES;
                    case TIME, LEASES -> group == Group.TIME;
                };
    }
}
