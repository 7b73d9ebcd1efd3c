package dev.quorate.spi;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import java.util.Optional;

/**
 * What became of a proposal that was sent on to the leader.
 *
 * @param kind which of the outcomes
 * @param position where the entry is in the log; {@link LogId#ZERO} when it is in none, or for a change of membership
 * @param response what applying it answered, for a change of membership the bytes of {@link MembershipFormat}; else
 *     empty
 * @param leader the node to ask instead, when the receiver does not lead and knows who does
 * @param why for people; empty on success
 */
public record ForwardedOutcome(Kind kind, LogId position, Bytes response, Optional<NodeId> leader, String why) {
    /** The longest {@link #why}, in characters; what is longer is cut. */
    public static final int WHY_MAX = 512;

    public ForwardedOutcome {
        why = why.length() <= WHY_MAX ? why : why.substring(0, WHY_MAX);
    }

    /** The entry is applied. */
    public static ForwardedOutcome applied(LogId position, Bytes response) {
        return new ForwardedOutcome(Kind.APPLIED, position, response, Optional.empty(), "");
    }

    /** The proposal was not taken, or nobody knows. */
    public static ForwardedOutcome failed(Kind kind, Optional<NodeId> leader, String why) {
        return new ForwardedOutcome(kind, LogId.ZERO, Bytes.EMPTY, leader, why);
    }

    /** The outcomes. The codes are part of the format on the wire. */
    public enum Kind {
        /** It took effect. */
        APPLIED(1),
        /** Nothing happened: the receiver does not lead. */
        NOT_LEADER(2),
        /** Nothing happened: too much is under way. */
        OVERLOADED(3),
        /** Nothing happened: the disk of the leader's log is full. */
        WRITES_STOPPED(4),
        /** Nothing happened, and nothing ever will: the request makes no sense. */
        INVALID(5),
        /** Nothing happened: a change of membership does not fit at present, for another reason than those below. */
        CHANGE_REFUSED(6),
        /** It may have taken effect, or still may. */
        UNKNOWN(7),
        /** Nothing happened: another change of membership is under way. */
        CHANGE_IN_PROGRESS(8),
        /** Nothing happened: the leader has just been elected. */
        NOT_READY(9),
        /** Nothing happened: the learner lags too far behind to vote. */
        LEARNER_BEHIND(10),
        /** Nothing happened: too few of the voters that would be left answer. */
        QUORUM_SILENT(11);

        private static final Kind[] BY_CODE = {
            null,
            APPLIED,
            NOT_LEADER,
            OVERLOADED,
            WRITES_STOPPED,
            INVALID,
            CHANGE_REFUSED,
            UNKNOWN,
            CHANGE_IN_PROGRESS,
            NOT_READY,
            LEARNER_BEHIND,
            QUORUM_SILENT
        };

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The number that stands for the kind on the wire. */
        public int code() {
            return code;
        }

        /** The kind with this code; {@link IllegalArgumentException} when there is none. */
        public static Kind ofCode(int code) {
            if (code < 1 || code >= BY_CODE.length) {
                throw new IllegalArgumentException("unknown outcome of a forwarded proposal " + code);
            }
            return BY_CODE[code];
        }
    }
}
