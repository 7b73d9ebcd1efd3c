package dev.quorate.engine;

import dev.quorate.raft.ChangeRefusal;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Refusal;
import dev.quorate.spi.ChangeRefusedException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.WritesStoppedException;
import java.util.Optional;

/** The core's reasons as the callers of a node see them. */
final class Refusals {
    private Refusals() {}

    /**
     * The exception for a refusal; a retry is safe after each.
     *
     * @param self the node that refuses
     * @param leader the leader it knows
     */
    static QuorateException toException(Refusal reason, NodeId self, Optional<NodeId> leader) {
        return switch (reason) {
            case NOT_LEADER ->
                new NotLeaderException(
                        leader.map(known -> "node " + self + " does not lead, node " + known + " does")
                                .orElse("node " + self + " knows no leader"),
                        leader);
            case LEADERSHIP_LOST ->
                new NotLeaderException("node " + self + " lost its leadership before the read was confirmed", leader);
            case OVERLOADED -> new OverloadedException("node " + self + " has too much under way");
            case STORAGE_FULL -> new WritesStoppedException("the disk of node " + self + "'s log is full");
            case TRANSFERRING ->
                new NotLeaderException("node " + self + " hands its leadership over at the moment", Optional.empty());
            case TIMED_OUT -> new NotLeaderException("no leader confirmed the read in time at node " + self, leader);
        };
    }

    /** The exception for a change of membership or leader that was not made. */
    static QuorateException toException(ChangeRefusal reason, String why, Optional<NodeId> leader) {
        return switch (reason) {
            case NOT_LEADER -> new NotLeaderException(why, leader);
            case INVALID -> new InvalidRequestException(why);
            case STORAGE_FULL -> new WritesStoppedException(why);
            case LEADERSHIP_LOST -> new OutcomeUnknownException(why);
            case CHANGE_IN_PROGRESS, NOT_READY, LEARNER_BEHIND, CATCH_UP_FAILED, TRANSFER_IN_PROGRESS, TIMED_OUT ->
                new ChangeRefusedException(reason + ": " + why);
        };
    }
}
