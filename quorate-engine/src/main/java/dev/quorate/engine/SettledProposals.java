package dev.quorate.engine;

import dev.quorate.spi.QuorateException;
import java.util.ArrayList;
import java.util.List;

/** Proposals and what became of each: built on APPLY, delivered as one task. */
final class SettledProposals implements Runnable {
    private final List<Proposal> proposals = new ArrayList<>();
    private final List<Object> outcomes = new ArrayList<>();
    private final boolean expired;
    private long bytes;

    SettledProposals() {
        this(false);
    }

    private SettledProposals(boolean expired) {
        this.expired = expired;
    }

    /** For proposals that fail because their time is up. */
    static SettledProposals ofExpired() {
        return new SettledProposals(true);
    }

    void add(Proposal proposal, ApplyResult result) {
        put(proposal, result);
    }

    void add(Proposal proposal, QuorateException reason) {
        put(proposal, reason);
    }

    boolean isEmpty() {
        return proposals.isEmpty();
    }

    int count() {
        return proposals.size();
    }

    /** How long the first has waited until now; 0 when that is not counted. */
    long waitedNanos(long nowNanos) {
        return proposals.get(0).waitedNanos(nowNanos);
    }

    /** The payload bytes of all. */
    long bytes() {
        return bytes;
    }

    /** Counts what became of each. APPLY only. */
    void count(long nowNanos) {
        for (int place = 0; place < proposals.size(); place++) {
            if (outcomes.get(place) instanceof QuorateException reason) {
                proposals.get(place).countRejected(expired ? Rejection.EXPIRED : Rejection.of(reason));
            } else {
                proposals.get(place).countAnswered(nowNanos);
            }
        }
    }

    /** Gives each its outcome; runs the callers' code. */
    @Override
    public void run() {
        for (int place = 0; place < proposals.size(); place++) {
            Object outcome = outcomes.get(place);
            if (outcome instanceof ApplyResult result) {
                proposals.get(place).succeed(result);
            } else if (outcome instanceof QuorateException reason) {
                proposals.get(place).fail(reason);
            }
        }
    }

    private void put(Proposal proposal, Object outcome) {
        proposals.add(proposal);
        outcomes.add(outcome);
        bytes += proposal.payload().length();
    }
}
