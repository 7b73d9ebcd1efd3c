package dev.quorate.engine;

import dev.quorate.raft.Role;

/** The commit index after it moved, with the role and the term of the node at that moment. */
public record NewCommitData(long newCommitIndex, Role role, long currentTerm) {}
