package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.ChangeFormat;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.Transport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What others sent on to this node, because they take it for the leader: each is taken once, whatever the network does.
 * Owned by LOOP.
 *
 * <p>The second coming of a message is recognized by its number, and says nothing: the first has answered, or will.
 * What was sent to a term that this life of the node has not begun may have come to an earlier life, which cannot be
 * asked, and gets no answer either. Everything else of another term was never taken, and is told so.
 */
final class ForwardedArrivals {
    /** The most lives of other nodes whose numbers are kept; the oldest is forgotten. */
    static final int LIVES_MAX = 512;

    private record Life(NodeId node, long life) {}

    private final NodeId self;
    private final Transport transport;
    private final ProposalDesk desk;
    private final ProposalIntake intake;
    private final PendingChanges changes;
    private final Answers answers;
    private final long bornInTerm;
    private final Map<Life, Long> highest = new LinkedHashMap<>();

    /**
     * Nothing has come yet.
     *
     * @param bornInTerm the term of the core when the node started
     */
    ForwardedArrivals(
            NodeId self,
            Transport transport,
            ProposalDesk desk,
            ProposalIntake intake,
            PendingChanges changes,
            Answers answers,
            long bornInTerm) {
        this.self = self;
        this.transport = transport;
        this.desk = desk;
        this.intake = intake;
        this.changes = changes;
        this.answers = answers;
        this.bornInTerm = bornInTerm;
    }

    /**
     * Takes one in.
     *
     * @param standing what this node is at present
     * @return false when the message makes no sense, or no sense any more
     */
    boolean arrived(NodeId from, NodeView.Standing standing, PeerMessage.ForwardedProposal message) {
        EntryKind kind = message.kind();
        boolean makesSense = kind == EntryKind.COMMAND || kind == EntryKind.MEMBERSHIP || kind.isOfSession();
        if (!makesSense || !isNew(new Life(from, message.life()), message.number()) || message.term() <= bornInTerm) {
            return false;
        }
        if (message.term() != standing.term()) {
            QuorateException elsewhere = new NotLeaderException(
                    "node " + self + " is in term " + standing.term() + ", the request was sent to it in term "
                            + message.term(),
                    standing.leader().filter(leader -> !leader.equals(self)));
            answer(from, message, Refusals.toOutcome(elsewhere));
        } else if (kind == EntryKind.MEMBERSHIP) {
            change(from, message);
        } else {
            propose(from, message);
        }
        return true;
    }

    /** An entry that cannot be applied must not come into the log: there it would halt every replica. */
    private void propose(NodeId from, PeerMessage.ForwardedProposal message) {
        if (message.kind().isOfSession()) {
            try {
                SessionEntry.decode(message.kind(), message.payload());
            } catch (IllegalArgumentException unreadable) {
                invalid(from, message, unreadable);
                return;
            }
        }
        Proposal.Forwarded proposal = new Proposal.Forwarded(
                desk, message.kind(), message.payload(), outcome -> answer(from, message, outcome));
        if (desk.takes(proposal)) {
            intake.add(proposal);
        }
    }

    private void invalid(NodeId from, PeerMessage.ForwardedProposal message, IllegalArgumentException why) {
        answer(from, message, Refusals.toOutcome(new InvalidRequestException(String.valueOf(why.getMessage()))));
    }

    private boolean isNew(Life life, long number) {
        Long known = highest.get(life);
        if (known != null && number <= known) {
            return false;
        }
        highest.put(life, number);
        if (highest.size() > LIVES_MAX) {
            highest.remove(highest.keySet().iterator().next());
        }
        return true;
    }

    private void change(NodeId from, PeerMessage.ForwardedProposal message) {
        MembershipChange change;
        try {
            change = ChangeFormat.decode(message.payload());
        } catch (IllegalArgumentException unreadable) {
            invalid(from, message, unreadable);
            return;
        }
        ChangeRequest.Reconfigure request = ChangeRequest.Reconfigure.forwarded(answers, change);
        var unused = request.answer().handle((membership, failure) -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof QuorateException reason) {
                answer(from, message, Refusals.toOutcome(reason));
            } else if (membership != null) {
                answer(from, message, ForwardedOutcome.applied(LogId.ZERO, MembershipFormat.encode(membership)));
            }
            return Optional.empty();
        });
        changes.add(request);
    }

    /** Any thread. */
    private void answer(NodeId from, PeerMessage.ForwardedProposal message, ForwardedOutcome outcome) {
        transport.send(from, new PeerMessage.ForwardedAnswer(message.life(), message.number(), outcome));
    }
}
