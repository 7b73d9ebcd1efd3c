package dev.quorate.engine;

import dev.quorate.spi.QuorateException;

/**
 * Proposals that the leader has applied and this node has not: they are answered when it has, so that whoever asked
 * here reads here what he wrote. Owned by LOOP.
 *
 * <p>This node learns with the next message of the leader what is committed, and that may be a heartbeat away; a
 * linearizable read asks for it at once, one for all that landed in a step. Should it fail, the answer is known all the
 * same, and is given.
 */
final class LandedProposals {
    private final ProposalDesk desk;
    private final ReadDesk reads;
    private final DutyCycle apply;
    private final StateMachineHandler handler;
    private final Answers answers;
    private SettledProposals gathered = new SettledProposals();
    private long highest;

    LandedProposals(ProposalDesk desk, ReadDesk reads, DutyCycle apply, StateMachineHandler handler, Answers answers) {
        this.desk = desk;
        this.reads = reads;
        this.apply = apply;
        this.handler = handler;
        this.answers = answers;
    }

    /** Takes one in, until {@link #flush}. */
    void add(Proposal proposal, ApplyResult result) {
        gathered.add(proposal, result);
        highest = Math.max(highest, result.id().index());
    }

    /** Has what was gathered answered as soon as it is applied here. */
    void flush() {
        if (gathered.isEmpty()) {
            return;
        }
        SettledProposals batch = gathered;
        gathered = new SettledProposals();
        if (handler.lastApplied() >= highest) {
            settle(batch);
        } else {
            var unused =
                    reads.read(ReadConsistency.LINEARIZABLE, () -> true).whenComplete((read, failure) -> settle(batch));
        }
    }

    /** Answers what was gathered: the node stops. */
    void abandon() {
        SettledProposals batch = gathered;
        gathered = new SettledProposals();
        if (!batch.isEmpty()) {
            answers.deliverFromAnywhere(batch);
        }
    }

    /** Any thread. */
    private void settle(SettledProposals batch) {
        if (!apply.offer(new Settlement(batch))) {
            answers.deliver(batch);
        }
    }

    /** On its way to APPLY, which learns from it how fast proposals leave. */
    private final class Settlement extends DutyCycle.WorkItem {
        private final SettledProposals batch;

        private Settlement(SettledProposals batch) {
            this.batch = batch;
        }

        @Override
        void run() {
            desk.settle(batch);
        }

        @Override
        void discarded(QuorateException reason) {
            answers.deliver(batch);
        }
    }
}
