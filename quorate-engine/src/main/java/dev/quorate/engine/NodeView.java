package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.Role;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What LOOP lets other threads see of the node: numbers that only grow, and small immutable values. LOOP writes, any
 * thread reads.
 */
final class NodeView {
    /** Role, term and leader, as they were together. */
    record Standing(Role role, long term, Optional<NodeId> leader) {}

    private record Lease(long untilNanos) {}

    private volatile Standing standing;
    private volatile long commitIndex;
    private volatile long committedAnywhere;
    private volatile @Nullable Lease lease;
    private volatile RaftStatus picture;

    NodeView(RaftStatus picture) {
        this.picture = picture;
        this.standing = new Standing(picture.role(), picture.term(), picture.leader());
        this.commitIndex = picture.commitIndex();
        this.committedAnywhere = picture.commitIndex();
    }

    Standing standing() {
        return standing;
    }

    long term() {
        return standing.term();
    }

    long commitIndex() {
        return commitIndex;
    }

    /**
     * The last entry that is known here to be committed, durable here or not. What a leader tells others may rest on
     * it, and so must an answer under its lease: its own disk may be the last that has the entry.
     */
    long committedAnywhere() {
        return committedAnywhere;
    }

    /** The core as it was a moment ago; at a leader not older than a heartbeat. */
    RaftStatus picture() {
        return picture;
    }

    /**
     * True when the lease covers this time. What the caller wants to be covered, it reads first; then the clock; then
     * it asks. A lease that is revoked in between is seen as revoked, and a pause in between makes the time too late.
     */
    boolean isLeased(long nowNanos) {
        Lease present = lease;
        return present != null && nowNanos - present.untilNanos < 0;
    }

    void standing(Standing now) {
        standing = now;
    }

    void commitIndex(long index) {
        commitIndex = index;
    }

    void committedAnywhere(long index) {
        committedAnywhere = index;
    }

    void lease(long untilNanos) {
        lease = new Lease(untilNanos);
    }

    void revokeLease() {
        lease = null;
    }

    void picture(RaftStatus now) {
        picture = now;
    }
}
