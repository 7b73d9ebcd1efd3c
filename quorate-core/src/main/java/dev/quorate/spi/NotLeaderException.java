package dev.quorate.spi;

import dev.quorate.raft.NodeId;
import java.util.Optional;

/** This node does not lead, and did not take the request; nothing happened. */
public final class NotLeaderException extends QuorateException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<NodeId> leader;

    public NotLeaderException(String message, Optional<NodeId> leader) {
        super(Retry.SAFE, message);
        this.leader = leader;
    }

    /** The node to ask, when one is known. */
    public Optional<NodeId> leader() {
        return leader;
    }
}
