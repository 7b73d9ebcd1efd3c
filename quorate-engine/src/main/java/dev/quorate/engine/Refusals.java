package dev.quorate.engine;

import dev.quorate.raft.ChangeRefusal;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Refusal;
import dev.quorate.spi.ChangeRefusedException;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.ForwardedOutcome.Kind;
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

    /** A failure as it travels to the node that was asked first. */
    static ForwardedOutcome toOutcome(QuorateException failure) {
        String why = String.valueOf(failure.getMessage());
        if (failure instanceof NotLeaderException elsewhere) {
            return ForwardedOutcome.failed(Kind.NOT_LEADER, elsewhere.leader(), why);
        }
        Kind kind = Kind.UNKNOWN;
        if (failure instanceof OverloadedException) {
            kind = Kind.OVERLOADED;
        } else if (failure instanceof WritesStoppedException) {
            kind = Kind.WRITES_STOPPED;
        } else if (failure instanceof InvalidRequestException) {
            kind = Kind.INVALID;
        } else if (failure instanceof ChangeRefusedException refused) {
            kind = refused.reason().map(Refusals::kind).orElse(Kind.CHANGE_REFUSED);
        } else if (failure.retry() == QuorateException.Retry.SAFE) {
            kind = Kind.NOT_LEADER;
        }
        return ForwardedOutcome.failed(kind, Optional.empty(), why);
    }

    /** What applying an entry gave, as it travels to the node that was asked first. */
    static ForwardedOutcome toOutcome(ApplyResult result) {
        Kind kind = switch (result.effect()) {
            case APPLIED -> Kind.APPLIED;
            case REPEATED -> Kind.REPEATED;
            case ANSWER_LOST -> Kind.ANSWER_LOST;
            case SESSION_LOST -> Kind.SESSION_LOST;
            case FORGOTTEN -> Kind.FORGOTTEN;
            case TOO_FAR_AHEAD -> Kind.TOO_FAR_AHEAD;
            case TOO_MANY_SESSIONS -> Kind.TOO_MANY_SESSIONS;
        };
        return ForwardedOutcome.ofSession(kind, result.id(), result.response());
    }

    /** What applying the entry gave at the leader; empty when it was not applied, or nobody knows. */
    static Optional<ApplyResult> toResult(ForwardedOutcome outcome) {
        return effect(outcome.kind()).map(effect -> new ApplyResult(outcome.position(), effect, outcome.response()));
    }

    private static Optional<ApplyResult.Effect> effect(Kind kind) {
        return switch (kind) {
            case APPLIED -> Optional.of(ApplyResult.Effect.APPLIED);
            case REPEATED -> Optional.of(ApplyResult.Effect.REPEATED);
            case ANSWER_LOST -> Optional.of(ApplyResult.Effect.ANSWER_LOST);
            case SESSION_LOST -> Optional.of(ApplyResult.Effect.SESSION_LOST);
            case FORGOTTEN -> Optional.of(ApplyResult.Effect.FORGOTTEN);
            case TOO_FAR_AHEAD -> Optional.of(ApplyResult.Effect.TOO_FAR_AHEAD);
            case TOO_MANY_SESSIONS -> Optional.of(ApplyResult.Effect.TOO_MANY_SESSIONS);
            case NOT_LEADER,
                    OVERLOADED,
                    WRITES_STOPPED,
                    INVALID,
                    CHANGE_REFUSED,
                    UNKNOWN,
                    CHANGE_IN_PROGRESS,
                    NOT_READY,
                    LEARNER_BEHIND,
                    QUORUM_SILENT -> Optional.empty();
        };
    }

    private static Kind kind(ChangeRefusal reason) {
        return switch (reason) {
            case CHANGE_IN_PROGRESS -> Kind.CHANGE_IN_PROGRESS;
            case NOT_READY -> Kind.NOT_READY;
            case LEARNER_BEHIND -> Kind.LEARNER_BEHIND;
            case QUORUM_SILENT -> Kind.QUORUM_SILENT;
            default -> Kind.CHANGE_REFUSED;
        };
    }

    /** The exception for an outcome that is no success. */
    static QuorateException toException(ForwardedOutcome outcome) {
        return switch (outcome.kind()) {
            case NOT_LEADER -> new NotLeaderException(outcome.why(), outcome.leader());
            case OVERLOADED -> new OverloadedException(outcome.why());
            case WRITES_STOPPED -> new WritesStoppedException(outcome.why());
            case INVALID -> new InvalidRequestException(outcome.why());
            case CHANGE_REFUSED -> new ChangeRefusedException(outcome.why());
            case CHANGE_IN_PROGRESS -> new ChangeRefusedException(ChangeRefusal.CHANGE_IN_PROGRESS, outcome.why());
            case NOT_READY -> new ChangeRefusedException(ChangeRefusal.NOT_READY, outcome.why());
            case LEARNER_BEHIND -> new ChangeRefusedException(ChangeRefusal.LEARNER_BEHIND, outcome.why());
            case QUORUM_SILENT -> new ChangeRefusedException(ChangeRefusal.QUORUM_SILENT, outcome.why());
            case APPLIED, UNKNOWN, REPEATED, ANSWER_LOST, SESSION_LOST, FORGOTTEN, TOO_FAR_AHEAD, TOO_MANY_SESSIONS ->
                new OutcomeUnknownException(outcome.why());
        };
    }

    /** The exception for a change of membership or leader that was not made. */
    static QuorateException toException(ChangeRefusal reason, String why, Optional<NodeId> leader) {
        return switch (reason) {
            case NOT_LEADER -> new NotLeaderException(why, leader);
            case INVALID -> new InvalidRequestException(why);
            case STORAGE_FULL -> new WritesStoppedException(why);
            case LEADERSHIP_LOST -> new OutcomeUnknownException(why);
            case CHANGE_IN_PROGRESS,
                    NOT_READY,
                    LEARNER_BEHIND,
                    QUORUM_SILENT,
                    CATCH_UP_FAILED,
                    TRANSFER_IN_PROGRESS,
                    TIMED_OUT -> new ChangeRefusedException(reason, reason + ": " + why);
        };
    }
}
