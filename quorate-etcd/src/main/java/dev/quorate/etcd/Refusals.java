package dev.quorate.etcd;

import dev.quorate.kv.KvException;
import dev.quorate.raft.ChangeRefusal;
import dev.quorate.spi.AnswerLostException;
import dev.quorate.spi.ChangeRefusedException;
import dev.quorate.spi.DeadlineExceededException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SessionLostException;
import dev.quorate.spi.WritesStoppedException;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures as clients of etcd know them: a gRPC code and a message that clients compare word by word.
 *
 * <p>A write whose outcome is unknown is UNAVAILABLE with a message of its own, so that it never looks like a write
 * that did not happen.
 */
final class Refusals {
    static final Status NO_LEADER = unavailable("no leader");
    static final Status NOT_LEADER = status(Status.Code.FAILED_PRECONDITION, "not leader");
    static final Status LEADER_CHANGED = unavailable("leader changed");
    static final Status BAD_TRANSFEREE = status(Status.Code.FAILED_PRECONDITION, "bad leader transferee");
    static final Status NOT_CAPABLE = status(Status.Code.FAILED_PRECONDITION, "not capable");
    static final Status MEMBER_NOT_FOUND = status(Status.Code.NOT_FOUND, "member not found");
    static final Status PEER_URL_EXISTS = status(Status.Code.FAILED_PRECONDITION, "Peer URLs already exists");
    static final Status BAD_URLS = invalid("given member URLs are invalid");
    static final Status NOT_ENOUGH_STARTED =
            status(Status.Code.FAILED_PRECONDITION, "re-configuration failed due to not enough started members");
    static final Status NOT_LEARNER = status(Status.Code.FAILED_PRECONDITION, "can only promote a learner member");
    static final Status NOT_FOR_LEARNERS = status(Status.Code.FAILED_PRECONDITION, "rpc not supported for learner");
    static final Status LEARNER_NOT_READY =
            status(Status.Code.FAILED_PRECONDITION, "can only promote a learner member which is in sync with leader");
    static final Status TIMED_OUT = unavailable("request timed out");
    static final Status STOPPED = unavailable("server stopped");
    static final Status UNHEALTHY = unavailable("unhealthy cluster");
    static final Status CORRUPT = status(Status.Code.DATA_LOSS, "corrupt cluster");
    static final Status NO_SPACE = status(Status.Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded");
    static final Status TOO_MANY_REQUESTS = status(Status.Code.RESOURCE_EXHAUSTED, "too many requests");
    static final Status SESSION_NOT_FOUND = status(Status.Code.NOT_FOUND, "session not found");
    static final Status ANSWER_NOT_KEPT = status(Status.Code.UNKNOWN, "request took effect, its answer is not kept");
    static final Status KEY_NOT_FOUND = invalid("key not found");
    static final Status BAD_SORT = invalid("invalid sort option");
    static final Status BAD_COMPARE = invalid("invalid compare option");

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private Refusals() {}

    /** The status of a failure of the store or of the node. */
    static Status of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RefusedException refused) {
            return refused.status();
        }
        if (cause instanceof KvException refused) {
            return ofStore(refused);
        }
        return ofNode(cause);
    }

    private static Status ofStore(KvException refused) {
        return switch (refused.kind()) {
            case KEY_NOT_PROVIDED -> invalid("key is not provided");
            case KEY_NOT_FOUND -> KEY_NOT_FOUND;
            case VALUE_PROVIDED -> invalid("value is provided");
            case LEASE_PROVIDED -> invalid("lease is provided");
            case LEASE_NOT_FOUND -> status(Status.Code.NOT_FOUND, "requested lease not found");
            case TOO_MANY_OPS -> invalid("too many operations in txn request");
            case DUPLICATE_KEY -> invalid("duplicate key given in txn request");
            case COMPACTED -> status(Status.Code.OUT_OF_RANGE, "mvcc: required revision has been compacted");
            case FUTURE_REVISION -> status(Status.Code.OUT_OF_RANGE, "mvcc: required revision is a future revision");
            case REQUEST_TOO_LARGE -> invalid("request is too large");
            // A code that no client takes as an invitation to send it again.
            case ANSWER_TOO_LARGE -> status(Status.Code.UNKNOWN, "request took effect, its answer is too large");
            case MALFORMED -> {
                LOG.error("etcd.malformed-command", refused);
                yield Status.INTERNAL.withDescription("etcdserver: " + refused.getMessage());
            }
        };
    }

    private static Status ofNode(Throwable cause) {
        if (cause instanceof NotLeaderException refused) {
            return refused.leader().isPresent() ? LEADER_CHANGED : NO_LEADER;
        }
        if (cause instanceof ChangeRefusedException refused) {
            if (refused.reason().equals(Optional.of(ChangeRefusal.LEARNER_BEHIND))) {
                return LEARNER_NOT_READY;
            }
            boolean silent = refused.reason().equals(Optional.of(ChangeRefusal.QUORUM_SILENT));
            return silent ? NOT_ENOUGH_STARTED : unavailable("unhealthy cluster: " + refused.getMessage());
        }
        if (cause instanceof OutcomeUnknownException || cause instanceof DeadlineExceededException) {
            return TIMED_OUT;
        }
        if (cause instanceof OverloadedException) {
            return TOO_MANY_REQUESTS;
        }
        if (cause instanceof WritesStoppedException) {
            return NO_SPACE;
        }
        if (cause instanceof ReadUnavailableException) {
            return UNHEALTHY;
        }
        if (cause instanceof NodeStoppedException || cause instanceof NodeHaltedException) {
            return STOPPED;
        }
        if (cause instanceof SessionLostException) {
            return SESSION_NOT_FOUND;
        }
        if (cause instanceof AnswerLostException) {
            return ANSWER_NOT_KEPT;
        }
        if (cause instanceof InvalidRequestException) {
            return invalid(String.valueOf(cause.getMessage()));
        }
        LOG.error("etcd.unexpected-failure", cause);
        return Status.INTERNAL.withDescription("etcdserver: internal error");
    }

    private static Status invalid(String message) {
        return status(Status.Code.INVALID_ARGUMENT, message);
    }

    private static Status unavailable(String message) {
        return status(Status.Code.UNAVAILABLE, message);
    }

    private static Status status(Status.Code code, String message) {
        return code.toStatus().withDescription("etcdserver: " + message);
    }
}
