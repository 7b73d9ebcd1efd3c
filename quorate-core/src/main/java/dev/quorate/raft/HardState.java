package dev.quorate.raft;

import java.util.Optional;

/**
 * What a node must have on stable storage before it answers (Raft figure 2): its term and the vote it gave in it.
 *
 * @param term the latest term the node has seen, 0 on first start
 * @param votedFor the candidate that got this node's vote in {@code term}
 */
public record HardState(long term, Optional<NodeId> votedFor) {
    /** The state of a node that has never run. */
    public static final HardState INITIAL = new HardState(0, Optional.empty());

    public HardState {
        if (term < 0) {
            throw new IllegalArgumentException("negative term " + term);
        }
        if (term == 0 && votedFor.isPresent()) {
            throw new IllegalArgumentException("a vote in term 0");
        }
    }
}
