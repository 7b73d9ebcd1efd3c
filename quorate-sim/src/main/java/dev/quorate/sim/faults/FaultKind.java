package dev.quorate.sim.faults;

/** The kinds of faults. */
public enum FaultKind {
    /** The power of a machine is cut between two events. */
    CRASH(Group.CRASHES),
    /** The power is cut between two changes of the disk, in the middle of a write or a start. */
    CRASH_IN_DISK(Group.CRASHES),
    /** The machine dies when it has handed out some of the messages of a step. */
    CRASH_IN_SENDS(Group.CRASHES),
    /** The power of several machines is cut at one time, up to all of them. */
    CRASH_MANY(Group.CRASHES),
    /** The process is killed; its disk stays as it is. */
    KILL(Group.CRASHES),
    /** The process stops in good order and starts again. */
    CLOSE(Group.CRASHES),
    /** The process stops for a while, often for longer than a lease and an election take. */
    PAUSE(Group.TIME),
    /** The wall time of a machine jumps. */
    WALL_JUMP(Group.TIME),
    /** One node loses all of its links. */
    ISOLATE(Group.NETWORK),
    /** The nodes fall into two halves. */
    HALVES(Group.NETWORK),
    /** One link is cut in one direction. */
    ONE_WAY(Group.NETWORK),
    /** Some links are cut, so that some nodes reach each other only by way of others. */
    PARTIAL(Group.NETWORK),
    /** Some nodes are clogged one after the other, and freed in another order. */
    SWIZZLE(Group.NETWORK),
    /** The answers to a node become slow, and then some of what it says is lost: the trap for leases. */
    LATE_ANSWERS(Group.NETWORK),
    /** One link becomes slow, or all that lead to or from a node. */
    SLOW_LINK(Group.NETWORK),
    /**
     * A leader loses one follower and, when that one looks for votes, the others, who restart at that moment: who keeps
     * no promise over a restart elects under the lease. In worlds of {@link Profile#LEASES} alone.
     */
    CREEPING_PARTITION(Group.NETWORK),
    /**
     * A leader hands over, and what is said to it comes late or never: it does not know that another leads. In worlds
     * of {@link Profile#LEASES} alone.
     */
    DEAF_LEADER(Group.NETWORK),
    /**
     * A leader loses one follower, and the thread of another stands still where it reads its clock until the leader's
     * next word is there; then the leader is cut off: who promises from a time before that word promises too little. In
     * worlds of {@link Profile#LEASES} alone.
     */
    STALLED_PROMISE(Group.NETWORK),
    /** A sync fails. */
    SYNC_FAILURE(Group.DISKS),
    /** A write fails half way. */
    WRITE_FAILURE(Group.DISKS),
    /** A part of a file cannot be read for a while. */
    READ_FAILURE(Group.DISKS),
    /** The disk runs full for a while. */
    DISK_FULL(Group.DISKS),
    /** The disk is slow for a while. */
    DISK_SLOW(Group.DISKS),
    /** A bit of a file flips, at one machine only: never more damage than a quorum can repair. */
    BIT_ROT(Group.DAMAGE),
    /** A machine goes down and all of its files are gone; the same machine as for rot. */
    WIPE(Group.DAMAGE),
    /** No fault, but forced often: one replica makes a snapshot. */
    SNAPSHOT(Group.OPERATIONS),
    /** No fault, but forced often: all replicas make a snapshot at one index, and logs are purged. */
    CHECKPOINT(Group.OPERATIONS),
    /** No fault: the leadership is handed over, to somebody or to whom the leader chooses. */
    TRANSFER(Group.OPERATIONS),
    /** No fault: somebody joins, leaves, gets or loses a vote, or takes the place of another. */
    MEMBERSHIP(Group.OPERATIONS);

    /** What a fault is about. */
    public enum Group {
        CRASHES,
        TIME,
        NETWORK,
        DISKS,
        DAMAGE,
        OPERATIONS
    }

    private final Group group;

    FaultKind(Group group) {
        this.group = group;
    }

    /** What it is about. */
    public Group group() {
        return group;
    }

    /** True for several faults in the one order that a certain mistake would not survive, see {@link LeaderTraps}. */
    boolean isTrap() {
        return this == CREEPING_PARTITION || this == DEAF_LEADER || this == STALLED_PROMISE;
    }
}
