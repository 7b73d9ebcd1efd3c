package dev.quorate.sim.faults;

import dev.quorate.sim.faults.FaultKind.Group;

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
    TIME;

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
                    case TIME -> group == Group.TIME;
                };
    }
}
