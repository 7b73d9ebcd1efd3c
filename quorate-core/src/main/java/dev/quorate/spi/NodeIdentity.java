package dev.quorate.spi;

import dev.quorate.raft.NodeId;

/**
 * Whose data a directory holds; written once, at first start.
 *
 * @param clusterId any number but 0, the same on every node of a cluster
 * @param nodeId the node
 */
public record NodeIdentity(long clusterId, NodeId nodeId) {
    public NodeIdentity {
        if (clusterId == 0) {
            throw new IllegalArgumentException("a cluster id must not be 0");
        }
    }

    @Override
    public String toString() {
        return "node " + nodeId + " of cluster " + Long.toHexString(clusterId);
    }
}
