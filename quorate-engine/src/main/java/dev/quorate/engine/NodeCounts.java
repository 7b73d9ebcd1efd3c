package dev.quorate.engine;

/** What a node counts while it works, each count with the thread that it belongs to. */
final class NodeCounts {
    private final RequestCounts proposals = new RequestCounts();
    private final RequestCounts peerProposals = new RequestCounts();
    private final RequestCounts reads = new RequestCounts();
    private final LatencyRecorder logSyncs = new LatencyRecorder();
    private final LatencyRecorder applies = new LatencyRecorder();
    private final RoundTrips roundTrips = new RoundTrips();

    /** Proposals of callers at this node. */
    RequestCounts proposals() {
        return proposals;
    }

    /** Proposals that other nodes sent on. */
    RequestCounts peerProposals() {
        return peerProposals;
    }

    /** Reads that wait. */
    RequestCounts reads() {
        return reads;
    }

    /** Syncs of the log; LOG records. */
    LatencyRecorder logSyncs() {
        return logSyncs;
    }

    /** Batches of the state machine; APPLY records. */
    LatencyRecorder applies() {
        return applies;
    }

    /** Messages with entries and their answers; LOOP records. */
    RoundTrips roundTrips() {
        return roundTrips;
    }
}
