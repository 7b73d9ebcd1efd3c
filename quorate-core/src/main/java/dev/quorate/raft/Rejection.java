package dev.quorate.raft;

/**
 * Why a peer's message was dropped: each is the peer's fault, or that of the network between, and changes nothing here.
 */
public enum Rejection {
    /** The sender claims to be this node, or answers without being a member: one that was removed may, for a while. */
    UNKNOWN_SENDER,
    /** The message contradicts itself: terms that fall, or terms above its own. */
    MALFORMED,
    /** It claims to lead a term that another node leads. */
    SECOND_LEADER,
    /** It would overwrite an entry that is committed, or that the same leader sent before. */
    COMMITTED_CONFLICT,
    /** It says that entries are committed and known to be here which are not. */
    COMMIT_BEYOND_LOG,
    /** It answers what was never asked: an entry that is not in the log, or a round that has not begun. */
    IMPOSSIBLE_ANSWER
}
