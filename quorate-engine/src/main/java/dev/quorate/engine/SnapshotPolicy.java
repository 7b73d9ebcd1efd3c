package dev.quorate.engine;

import java.time.Duration;

/** When a snapshot is due. Must be quick and do no I/O; called on LOOP. */
@FunctionalInterface
public interface SnapshotPolicy {
    /** True when the log has grown enough, or enough time has passed. */
    boolean isDue(LogGrowth growth);

    /**
     * How far the node is ahead of its newest snapshot.
     *
     * @param entries the entries committed since
     * @param bytes the payload bytes applied since
     * @param nanos the time since, or since the node started
     */
    record LogGrowth(long entries, long bytes, long nanos) {}

    /** Due after this many entries or payload bytes, whichever comes first. */
    static SnapshotPolicy logSize(long entries, long bytes) {
        if (entries < 1 || bytes < 1) {
            throw new IllegalArgumentException("entries " + entries + " and bytes " + bytes + " must be above 0");
        }
        return growth -> growth.entries() >= entries || growth.bytes() >= bytes;
    }

    /** Due after this much time, when anything was applied since. */
    static SnapshotPolicy every(Duration interval) {
        long nanos = interval.toNanos();
        return growth -> growth.entries() > 0 && growth.nanos() >= nanos;
    }

    /** Due when any of the policies says so. */
    static SnapshotPolicy anyOf(SnapshotPolicy... policies) {
        SnapshotPolicy[] all = policies.clone();
        return growth -> {
            for (SnapshotPolicy policy : all) {
                if (policy.isDue(growth)) {
                    return true;
                }
            }
            return false;
        };
    }

    /** The policy, but not due until this much time has passed since the last snapshot. */
    static SnapshotPolicy withCoolDown(Duration coolDown, SnapshotPolicy policy) {
        long nanos = coolDown.toNanos();
        return growth -> growth.nanos() >= nanos && policy.isDue(growth);
    }

    /** Never due: snapshots are made by hand only. */
    static SnapshotPolicy never() {
        return growth -> false;
    }
}
