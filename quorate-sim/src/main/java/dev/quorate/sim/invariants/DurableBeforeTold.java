package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import java.util.Optional;

/** Terms, votes and acknowledgements leave a node only when they are on its disk (Raft figure 2). */
final class DurableBeforeTold {
    static final String NAME = "DurableBeforeTold";

    private final Court court;

    DurableBeforeTold(Court court) {
        this.court = court;
    }

    /** A node sends a message. */
    void sends(NodeRecord node, NodeId to, Message message) {
        long durableTerm = node.durableHardState.term();
        boolean proposal = message instanceof Message.PreVoteRequest
                || (message instanceof Message.PreVoteResponse response && response.granted());
        court.require(
                proposal || message.term() <= durableTerm, NAME, "a term:", node.id, message, "durable", durableTerm);
        if (message.term() != durableTerm) {
            return;
        }
        if (message instanceof Message.VoteResponse vote && vote.granted()) {
            voted(node, to, message);
        } else if (message instanceof Message.VoteRequest) {
            voted(node, node.id, message);
        } else if (message instanceof Message.AppendAccepted accepted) {
            long match = accepted.matchIndex();
            LogId id = new LogId(Math.max(0, node.log.termAt(match)), match);
            court.require(
                    node.holdsDurably(id),
                    NAME,
                    "an acknowledgement:",
                    node.id,
                    message,
                    "durable",
                    node.log.durable());
        }
    }

    private void voted(NodeRecord node, NodeId candidate, Message message) {
        court.require(
                node.durableHardState.votedFor().equals(Optional.of(candidate)),
                NAME,
                "a vote:",
                node.id,
                message,
                node.durableHardState);
    }
}
