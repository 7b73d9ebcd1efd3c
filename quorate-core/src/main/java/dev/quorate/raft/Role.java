package dev.quorate.raft;

/**
 * What a node is in its term (Raft §5.1); {@code PRE_CANDIDATE} asks for votes without raising its term (thesis §9.6).
 */
public enum Role {
    FOLLOWER,
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER
}
