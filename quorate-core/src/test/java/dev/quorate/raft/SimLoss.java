package dev.quorate.raft;

/** What was durable at a node before its disk lost it, and the last term in which that may have been acknowledged. */
record SimLoss(long term, SimLog log, LogId snapshot) {
    /** True when a leader of this term may count on the entry, because the node said so before. */
    boolean held(LogId position, long leaderTerm) {
        return leaderTerm <= term && (snapshot.index() >= position.index() || log.contains(position));
    }
}
