package dev.quorate.server.chaos;

import java.util.Locale;
import java.util.Optional;

/** What the harness does to a cluster. */
enum FaultKind {
    /** {@code kill -9} of the leader; it starts again after a while. */
    KILL_LEADER,
    /** The same of a follower. */
    KILL_FOLLOWER,
    /** The same of a majority at once. */
    KILL_MAJORITY,
    /** The same of all. */
    KILL_ALL,
    /** A process stands still (SIGSTOP) for longer than leases and elections take. */
    PAUSE,
    /** The leader reaches nobody, and nobody it; clients do. */
    ISOLATE_LEADER,
    /** The same for a member that does not lead. */
    ISOLATE_FOLLOWER,
    /** The members fall into two groups, one of them without a quorum: 2 and 3, or 1 and 2. */
    SPLIT,
    /** What one member sends does not reach one other, or nobody; what it is sent does. */
    ONE_WAY,
    /** Some of what one member sends has to be sent again. */
    LOSS,
    /** What one member sends is late. */
    DELAY,
    /** The leader's file system runs full, and has space again later. */
    FULL_DISK_LEADER,
    /** The same of a follower. */
    FULL_DISK_FOLLOWER,
    /** Each sync of a member takes long. */
    SLOW_DISK,
    /** The wall time of a member jumps, forward or back. */
    CLOCK_STEP,
    /** One member after the other is stopped in good order and started again. */
    ROLLING_RESTART,
    /** A new member joins, catches up and gets a vote; then one leaves, the leader perhaps. */
    MEMBERSHIP,
    /** A bit in a file of a stopped member flips; at one member of a cluster only. */
    CORRUPT;

    /** What it is called on the command line and in tables. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one of this name. */
    static Optional<FaultKind> of(String word) {
        for (FaultKind kind : values()) {
            if (kind.word().equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** True for what needs a network that delays and loses. */
    boolean needsShaping() {
        return this == LOSS || this == DELAY;
    }

    /** True for what takes all space of a file system. */
    boolean fillsDisk() {
        return this == FULL_DISK_LEADER || this == FULL_DISK_FOLLOWER;
    }
}
