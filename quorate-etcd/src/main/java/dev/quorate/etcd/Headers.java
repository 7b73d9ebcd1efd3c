package dev.quorate.etcd;

import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.ResponseHeader;

/** Writes the header that every answer begins with. Any thread. */
final class Headers {
    private final QuorateNode node;
    private final long clusterId;

    Headers(QuorateNode node) {
        this.node = node;
        this.clusterId = node.status().clusterId();
    }

    /** The header of an answer that looked at the store, with the revision that it saw. */
    ResponseHeader at(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(node.id().value())
                .setRevision(revision)
                .setRaftTerm(node.status().term())
                .build();
    }

    /** The header of an answer about this node. */
    ResponseHeader of(NodeStatus status, long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(status.clusterId())
                .setMemberId(status.id().value())
                .setRevision(revision)
                .setRaftTerm(status.term())
                .build();
    }
}
