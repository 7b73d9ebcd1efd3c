package dev.quorate.engine;

import dev.quorate.raft.Input;
import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.QuorateException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What an operator wants to be different about the cluster: on its way to LOOP first, and waiting there then. */
abstract class ChangeRequest<T> extends Inbox.Item {
    private final Answers answers;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private ChangeRequest(Answers answers) {
        this.answers = answers;
    }

    /** The input that asks the core. */
    abstract Input input(long requestId);

    final CompletableFuture<T> answer() {
        return answer;
    }

    final void succeed(T value) {
        answers.deliverFromAnywhere(() -> answer.complete(value));
    }

    final void fail(QuorateException reason) {
        answers.deliverFromAnywhere(() -> answer.completeExceptionally(reason));
    }

    /** Hands the request in; the answer completes on the callers' executor. */
    final CompletableFuture<T> submit(DutyCycle loop) {
        if (!loop.offer(this)) {
            fail(new NodeStoppedException("the node is closed"));
        }
        return answer;
    }

    @Override
    final void discarded(QuorateException reason) {
        fail(reason);
    }

    /** Another membership. */
    static final class Reconfigure extends ChangeRequest<Membership> {
        private final MembershipChange change;
        private final boolean forwarded;

        Reconfigure(Answers answers, MembershipChange change) {
            this(answers, change, false);
        }

        private Reconfigure(Answers answers, MembershipChange change, boolean forwarded) {
            super(answers);
            this.change = change;
            this.forwarded = forwarded;
        }

        /** What another node was asked for and sent on. */
        static Reconfigure forwarded(Answers answers, MembershipChange change) {
            return new Reconfigure(answers, change, true);
        }

        MembershipChange change() {
            return change;
        }

        /** True when another node sent it on: it is not sent on again. */
        boolean isForwarded() {
            return forwarded;
        }

        @Override
        Input input(long requestId) {
            return new Input.Reconfigure(requestId, change);
        }
    }

    /** Another leader. */
    static final class Transfer extends ChangeRequest<NodeId> {
        private final Optional<NodeId> to;

        Transfer(Answers answers, Optional<NodeId> to) {
            super(answers);
            this.to = to;
        }

        @Override
        Input input(long requestId) {
            return new Input.TransferLeadership(requestId, to);
        }
    }
}
