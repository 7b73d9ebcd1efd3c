package dev.quorate.engine;

/** How fresh the answer of a read must be. */
public enum ReadConsistency {
    /**
     * The answer contains every write that was acknowledged, by any node, before the read began (thesis §6.4). Costs
     * one round to a quorum, shared by all reads that wait; may be asked of any node. The default.
     */
    LINEARIZABLE,
    /**
     * As fresh as {@link #LINEARIZABLE} without the round, while the leader's lease holds and the clocks of the nodes
     * run at rates that differ by less than the configured drift (thesis §6.4.1). Without a lease, and on every node
     * but the leader, it is a linearizable read.
     */
    LEASE,
    /** The state of this node as it is, at once: a prefix of what is committed, perhaps an old one. */
    LOCAL
}
