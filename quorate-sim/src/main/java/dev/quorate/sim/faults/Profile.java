package dev.quorate.sim.faults;

import java.util.EnumSet;
import java.util.Set;

/** Which groups of faults a world may draw from. */
public enum Profile {
    /** Everything; each seed draws which of it exists. */
    SWARM(EnumSet.allOf(FaultKind.Group.class)),
    /** No faults, a good network. */
    CALM(EnumSet.of(FaultKind.Group.OPERATIONS)),
    /** The network alone. */
    NETWORK(EnumSet.of(FaultKind.Group.NETWORK, FaultKind.Group.OPERATIONS)),
    /** Crashes alone. */
    CRASHES(EnumSet.of(FaultKind.Group.CRASHES, FaultKind.Group.OPERATIONS)),
    /** Disks and crashes. */
    DISKS(EnumSet.of(FaultKind.Group.DISKS, FaultKind.Group.CRASHES, FaultKind.Group.OPERATIONS)),
    /** Pauses and clocks. */
    TIME(EnumSet.of(FaultKind.Group.TIME, FaultKind.Group.OPERATIONS));

    private final int groups;

    Profile(Set<FaultKind.Group> groups) {
        int bits = 0;
        for (FaultKind.Group group : groups) {
            bits |= 1 << group.ordinal();
        }
        this.groups = bits;
    }

    boolean allows(FaultKind.Group group) {
        return (groups & (1 << group.ordinal())) != 0;
    }
}
