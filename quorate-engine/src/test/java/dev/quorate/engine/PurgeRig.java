package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.PeerMessage.PurgeRefusal;
import java.util.Optional;

/** Requests of a leader to purge, for a follower under test. */
final class PurgeRig {
    final HandlerRig rig;

    PurgeRig(HandlerRig rig) {
        this.rig = rig;
    }

    /** An honest request: of the present term, at this checkpoint, with the digest that the follower has there. */
    PurgeLogRequest honest(LogId at) {
        Bytes digest = rig.handler()
                .coveredCheckpoint()
                .map(CheckpointDigests.Recorded::digest)
                .orElse(Bytes.EMPTY);
        return request(rig.term, at, digest);
    }

    static PurgeLogRequest request(long term, LogId at, Bytes digest) {
        return new PurgeLogRequest(term, HandlerRig.LEADER, at.index() + 5, Optional.of(at), digest);
    }

    boolean isValid(PurgeLogRequest request) {
        return HandlerRig.value(rig.handler().validatePurgeRequest(rig.term, Optional.of(HandlerRig.LEADER), request));
    }

    PurgeLogResponse handle(PurgeLogRequest request) {
        return handle(Optional.of(HandlerRig.LEADER), request);
    }

    PurgeLogResponse handle(Optional<NodeId> leader, PurgeLogRequest request) {
        return HandlerRig.value(rig.handler()
                .handlePurgeRequest(
                        rig.term,
                        leader,
                        Optional.of(rig.open().log().purged()),
                        request,
                        rig.open().log()));
    }

    Optional<PurgeRefusal> refusal(PurgeLogRequest request) {
        return handle(request).refusal();
    }
}
