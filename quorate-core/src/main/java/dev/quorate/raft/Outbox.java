package dev.quorate.raft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The effects of one step while it runs. The parts of the core add what they want in any order; {@link #close} puts it
 * into the one order that is always correct to execute, with at most one write.
 *
 * <pre>
 *   lease revoked · role · what was accepted or refused · membership · Persist · messages · Commit · the rest
 * </pre>
 */
final class Outbox {
    private final DurabilityGate gate;
    private final ArrayList<Effect> answers = new ArrayList<>();
    private final ArrayList<Effect.Send> sends = new ArrayList<>();
    private final ArrayList<Effect> others = new ArrayList<>();
    private final ArrayList<Effect> effects = new ArrayList<>();
    private final List<Effect> view = Collections.unmodifiableList(effects);
    /** How many of {@code sends}, from the front, have waited for durability already. */
    private int released;

    private boolean leaseRevoked;
    private boolean hardStateChanged;
    private Optional<LogId> resetTo = Optional.empty();
    private long truncateFrom;
    private long first;
    private long last;

    Outbox(DurabilityGate gate) {
        this.gate = gate;
    }

    /** Forgets the effects of the step before. */
    void open() {
        answers.clear();
        sends.clear();
        others.clear();
        effects.clear();
        released = 0;
    }

    /** Adds an answer to the current input, or the news of a no-op: comes before the write and the messages. */
    void answer(Effect effect) {
        answers.add(effect);
    }

    /** Adds a message; it leaves when the newest term and vote are durable. */
    void send(NodeId to, Message message) {
        sends.add(new Effect.Send(to, message));
    }

    /** Adds what comes after the messages and the commit. */
    void add(Effect effect) {
        others.add(effect);
    }

    /** Says that the lease is over, before anything else is done; what this step said of it until now is void. */
    void revokeLease() {
        leaseRevoked = true;
        others.removeIf(effect -> effect instanceof Effect.LeaseChanged);
    }

    /** The term or the vote changed and has to be written. */
    void hardStateChanged() {
        hardStateChanged = true;
    }

    /** The log is to be replaced by an empty one behind this position; returns the number of the write. */
    long resetTo(LogId lastIncluded) {
        resetTo = Optional.of(lastIncluded);
        return gate.nextSequence();
    }

    /** The entries at and above this index are to be cut off. */
    void truncateFrom(long index) {
        truncateFrom = index;
        gate.truncateFrom(index);
    }

    /** These entries are to be written; a step appends once. */
    void entries(long firstIndex, long lastIndex) {
        Invariant.check(first == 0, "entries appended twice in a step", first, firstIndex);
        first = firstIndex;
        last = lastIndex;
    }

    /** Writes up to {@code sequence} are durable: what waited for them leaves with this step. */
    void persisted(long sequence) {
        gate.persisted(sequence, sends);
        released = sends.size();
    }

    /** Orders the effects of the step; the list is valid until the next one. */
    List<Effect> close(Core core) {
        if (leaseRevoked) {
            effects.add(new Effect.LeaseChanged(false, 0));
            leaseRevoked = false;
        }
        if (core.announceRole()) {
            effects.add(new Effect.RoleChanged(core.role(), core.term(), core.leader()));
        }
        effects.addAll(answers);
        if (core.announceMembership()) {
            effects.add(new Effect.MembershipChanged(core.membership()));
        }
        closeWrite(core);
        boolean open = gate.isHardStatePersisted();
        for (int i = 0; i < sends.size(); i++) {
            if (open || i < released) {
                effects.add(sends.get(i));
            } else {
                gate.hold(sends.get(i));
            }
        }
        if (core.ladder.announceCommit()) {
            effects.add(new Effect.Commit(core.ladder.applicable()));
        }
        effects.addAll(others);
        return view;
    }

    private void closeWrite(Core core) {
        if (!hardStateChanged && resetTo.isEmpty() && truncateFrom == 0 && first == 0) {
            return;
        }
        Optional<HardState> hardState =
                hardStateChanged ? Optional.of(new HardState(core.term(), core.votedFor())) : Optional.empty();
        long sequence = gate.issue(hardStateChanged, core.log.lastIndex(), core.nowNanos());
        effects.add(new Effect.Persist(sequence, hardState, resetTo, truncateFrom, first, last));
        hardStateChanged = false;
        resetTo = Optional.empty();
        truncateFrom = 0;
        first = 0;
        last = 0;
    }
}
