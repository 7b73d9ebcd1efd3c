package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChangeFormat;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node was asked for and sent on to the leader, because it does not lead itself. Owned by LOOP.
 *
 * <pre>
 *   refused by the core ─► sent, once ─► the leader refused it: nothing happened, safe to ask again
 *                                     ├► applied there ─► applied here ─► answered
 *                                     └► no answer in time: unknown
 * </pre>
 *
 * What the transport could not hand to anybody is sent again, to whoever leads a moment later. Else nothing is ever
 * sent twice from here: whether a message arrived cannot be known, and a second one could apply it twice. (What belongs
 * to a client session comes again from {@link SessionDesk}, as another proposal.) An answer of a leader that is none
 * any more still counts, but is waited for only an election timeout longer.
 */
final class Forwarding {
    /** The most proposals that are sent and not answered. */
    static final int FORWARDED_MAX = 4096;

    /** The most bytes in them, a single larger one excepted. */
    static final long FORWARDED_BYTES_MAX = 16L << 20;

    /** A change of membership may take as long as the transfer of a state: so many times longer than a proposal. */
    static final int CHANGE_PATIENCE = 10;

    private final Transport transport;
    private final ProposalDesk desk;
    private final LandedProposals landed;
    private final LongSupplier term;
    private final long life;
    private final NodeOptions options;
    private final Sent<Proposal> proposals = new Sent<>();
    private final Sent<ChangeRequest.Reconfigure> changes = new Sent<>();
    /** What came back and is sent again, in the order in which it is due. */
    private final ArrayDeque<Unsent> unsent = new ArrayDeque<>();

    private long lastNumber;
    private long nowNanos;
    private volatile int underWay;

    /**
     * Nothing is sent yet.
     *
     * @param landed where proposals go that the leader has applied
     * @param term the term of the core
     * @param life a number that no other life of this node has
     */
    Forwarding(
            Transport transport,
            ProposalDesk desk,
            LandedProposals landed,
            LongSupplier term,
            long life,
            NodeOptions options) {
        this.transport = transport;
        this.desk = desk;
        this.landed = landed;
        this.term = term;
        this.life = life;
        this.options = options;
    }

    /** The time of the step that begins. */
    void at(long now) {
        nowNanos = now;
    }

    /**
     * Sends on what may be sent.
     *
     * @return what may not, and is in no log
     */
    Proposal[] send(NodeId leader, Proposal[] batch) {
        if (!options.forwarding()) {
            return batch;
        }
        List<Proposal> kept = new ArrayList<>();
        List<Proposal> surplus = new ArrayList<>();
        for (Proposal proposal : batch) {
            if (!proposal.isForwardable()) {
                kept.add(proposal);
            } else if (!proposals.hasRoom(proposal.payload().length())) {
                surplus.add(proposal);
            } else {
                long number = ++lastNumber;
                long deadline = proposal.forwardUntil(
                        nowNanos + options.timeouts().proposal().toNanos());
                proposals.add(number, leader, term.getAsLong(), deadline, proposal.payload(), proposal);
                send(leader, number, proposal.kind(), proposal.payload());
            }
        }
        if (!surplus.isEmpty()) {
            desk.refuse(
                    surplus.toArray(new Proposal[0]),
                    new OverloadedException("too many proposals are with node " + leader + " already, the limits are "
                            + FORWARDED_MAX + " and " + FORWARDED_BYTES_MAX + " bytes"));
        }
        return kept.toArray(new Proposal[0]);
    }

    /** Sends a change of membership on; false when it may not be. */
    boolean send(NodeId leader, ChangeRequest.Reconfigure request) {
        if (!options.forwarding() || request.isForwarded()) {
            return false;
        }
        Bytes payload;
        try {
            payload = ChangeFormat.encode(request.change());
        } catch (IllegalArgumentException impossible) {
            request.fail(new InvalidRequestException(String.valueOf(impossible.getMessage())));
            return true;
        }
        long number = ++lastNumber;
        long deadline =
                nowNanos + CHANGE_PATIENCE * options.timeouts().proposal().toNanos();
        changes.add(number, leader, term.getAsLong(), deadline, payload, request);
        send(leader, number, EntryKind.MEMBERSHIP, payload);
        return true;
    }

    /** How many changes are sent and not answered. */
    int changes() {
        return changes.waiting.size();
    }

    private void send(NodeId leader, long number, EntryKind kind, Bytes payload) {
        transport.send(leader, new PeerMessage.ForwardedProposal(term.getAsLong(), life, number, kind, payload));
    }

    /**
     * True when this node waits for just this answer of just this node, which may have removed itself by what it was
     * asked for: it leads no more then, and is no member.
     */
    boolean asked(NodeId from, PeerMessage.ForwardedAnswer answer) {
        return answer.life() == life
                && (proposals.isWith(from, answer.number()) || changes.isWith(from, answer.number()));
    }

    /** The leader, or who was asked as such, tells what became of one. */
    void answered(NodeId from, PeerMessage.ForwardedAnswer answer) {
        if (!asked(from, answer)) {
            return;
        }
        Sent.Item<Proposal> proposal = proposals.remove(answer.number());
        if (proposal != null) {
            answered(proposal.what(), answer.outcome());
            return;
        }
        Sent.Item<ChangeRequest.Reconfigure> change = changes.remove(answer.number());
        if (change != null) {
            answered(change.what(), answer.outcome());
        }
    }

    private void answered(Proposal proposal, ForwardedOutcome outcome) {
        Optional<ApplyResult> result = Refusals.toResult(outcome);
        if (result.isPresent()) {
            landed.add(proposal, result.get());
        } else {
            desk.refuse(new Proposal[] {proposal}, Refusals.toException(outcome));
        }
    }

    private static void answered(ChangeRequest.Reconfigure request, ForwardedOutcome outcome) {
        if (outcome.kind() != ForwardedOutcome.Kind.APPLIED) {
            request.fail(Refusals.toException(outcome));
            return;
        }
        try {
            request.succeed(MembershipFormat.decode(outcome.response()));
        } catch (IllegalArgumentException unreadable) {
            request.fail(new OutcomeUnknownException(
                    "the change was made, and the answer of the leader is unreadable: " + unreadable.getMessage()));
        }
    }

    /** The transport could not send one, and nothing of it left this node. */
    void notSent(NodeId leader, PeerMessage.ForwardedProposal message) {
        if (message.life() != life) {
            return;
        }
        if (proposals.isWith(leader, message.number())) {
            Sent.Item<Proposal> item = proposals.remove(message.number());
            if (item != null) {
                unsent.add(new Unsent(leader, nowNanos + options.raft().heartbeatNanos(), item.what()));
            }
        } else if (changes.isWith(leader, message.number())) {
            Sent.Item<ChangeRequest.Reconfigure> item = changes.remove(message.number());
            if (item != null) {
                item.what().fail(notReached(leader));
            }
        }
    }

    /** What came back and may be sent again now: the core is asked again who leads. */
    List<Proposal> takeDue() {
        List<Proposal> due = new ArrayList<>();
        for (Unsent first = unsent.peek(); first != null && first.dueNanos() - nowNanos <= 0; first = unsent.peek()) {
            unsent.remove();
            if (first.what().forwardUntil(nowNanos) - nowNanos > 0) {
                due.add(first.what());
            } else {
                desk.refuse(new Proposal[] {first.what()}, notReached(first.leader()));
            }
        }
        return due;
    }

    private static QuorateException notReached(NodeId leader) {
        return new NotLeaderException(
                "node " + leader + ", which led, could not be reached; the request was not sent", Optional.empty());
    }

    /** Another leader or term: those who were asked before may be gone, or may still answer. */
    void standingChanged(NodeView.Standing standing) {
        long graceNanos = nowNanos + options.raft().electionTimeoutNanos();
        proposals.shorten(standing, graceNanos);
        changes.shorten(standing, graceNanos);
    }

    /** Gives up what was not answered in time, and passes on what was. At the end of a step. */
    void flush() {
        for (Sent.Item<Proposal> late = proposals.late(nowNanos); late != null; late = proposals.late(nowNanos)) {
            desk.expire(late.what(), unknown(late.leader()));
        }
        for (var late = changes.late(nowNanos); late != null; late = changes.late(nowNanos)) {
            late.what().fail(unknown(late.leader()));
        }
        landed.flush();
        underWay = proposals.waiting.size();
    }

    /** How many proposals were sent and not answered at the end of the last step. Any thread. */
    int underWay() {
        return underWay;
    }

    private static QuorateException unknown(NodeId leader) {
        return new OutcomeUnknownException(
                "node " + leader + ", which led, did not answer in time; the request may have taken effect");
    }

    /** When {@link #flush} has something to give up, or {@link #takeDue} something to send. */
    long deadlineNanos() {
        Unsent first = unsent.peek();
        long sendAgain = first == null ? DutyCycle.NO_DEADLINE : first.dueNanos();
        return DutyCycle.earlier(sendAgain, DutyCycle.earlier(proposals.deadlineNanos(), changes.deadlineNanos()));
    }

    /** Fails all: the node stops, and what the leader does is not known. */
    void abandon(QuorateException reason) {
        QuorateException unknown = new OutcomeUnknownException(
                "the node stopped before the leader answered: " + reason.getMessage(), reason);
        desk.refuse(proposals.removeAll().toArray(new Proposal[0]), unknown);
        changes.removeAll().forEach(request -> request.fail(unknown));
        desk.refuse(unsent.stream().map(Unsent::what).toArray(Proposal[]::new), reason);
        unsent.clear();
        landed.abandon();
    }

    private record Unsent(NodeId leader, long dueNanos, Proposal what) {}

    /** What is on its way and how long it is waited for, by number, and so in the order of the deadlines. */
    private static final class Sent<T> {
        private record Item<T>(NodeId leader, long term, long deadlineNanos, int bytes, T what) {}

        private final Map<Long, Item<T>> waiting = new LinkedHashMap<>();
        private long bytes;

        private boolean hasRoom(int more) {
            return waiting.isEmpty() || (waiting.size() < FORWARDED_MAX && bytes + more <= FORWARDED_BYTES_MAX);
        }

        private void add(long number, NodeId leader, long term, long deadlineNanos, Bytes payload, T what) {
            bytes += payload.length();
            Item<T> before = waiting.put(number, new Item<>(leader, term, deadlineNanos, payload.length(), what));
            Invariant.check(before == null, "a number is used once", number);
        }

        private boolean isWith(NodeId asked, long number) {
            Item<T> item = waiting.get(number);
            return item != null && item.leader().equals(asked);
        }

        private @Nullable Item<T> remove(long number) {
            Item<T> item = waiting.remove(number);
            if (item != null) {
                bytes -= item.bytes();
            }
            return item;
        }

        /** The first whose time is up, taken out. */
        private @Nullable Item<T> late(long nowNanos) {
            for (Map.Entry<Long, Item<T>> first : waiting.entrySet()) {
                return first.getValue().deadlineNanos() - nowNanos <= 0 ? remove(first.getKey()) : null;
            }
            return null;
        }

        private long deadlineNanos() {
            for (Item<T> first : waiting.values()) {
                return first.deadlineNanos();
            }
            return DutyCycle.NO_DEADLINE;
        }

        private void shorten(NodeView.Standing standing, long graceNanos) {
            waiting.replaceAll((number, item) -> {
                boolean stands = item.term() == standing.term()
                        && standing.leader().filter(item.leader()::equals).isPresent();
                boolean later = item.deadlineNanos() - graceNanos > 0;
                return stands || !later
                        ? item
                        : new Item<>(item.leader(), item.term(), graceNanos, item.bytes(), item.what());
            });
        }

        private List<T> removeAll() {
            List<T> all = new ArrayList<>();
            waiting.values().forEach(item -> all.add(item.what()));
            waiting.clear();
            bytes = 0;
            return all;
        }
    }
}
