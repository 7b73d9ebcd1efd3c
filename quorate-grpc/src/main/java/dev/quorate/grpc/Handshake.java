package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.NodeIdentity;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Arrays;
import java.util.Optional;

/**
 * What two nodes tell each other before anything else, in the headers of a stream, and how each judges the other.
 *
 * <pre>
 *   caller ── quorate-cluster, quorate-node (who calls), quorate-peer (whom), quorate-versions (min-max) ──► peer port
 *          ◄─ quorate-cluster, quorate-node, quorate-versions, quorate-version (the one that both know) ─────
 *          ◄─ or a status, with quorate-refusal (why) ────────────────────────────────────────────────────
 * </pre>
 *
 * <p>Ids are written in hexadecimal.
 *
 * @param identity who this node is
 * @param versions the versions of the protocol that it speaks
 */
record Handshake(NodeIdentity identity, Versions versions) {
    /** What strangers send goes into the log only when it is short. */
    private static final int HEADER_LENGTH_MAX = 32;

    private static final Metadata.Key<String> CLUSTER = key("quorate-cluster");
    private static final Metadata.Key<String> NODE = key("quorate-node");
    private static final Metadata.Key<String> PEER = key("quorate-peer");
    private static final Metadata.Key<String> VERSIONS = key("quorate-versions");
    private static final Metadata.Key<String> VERSION = key("quorate-version");
    private static final Metadata.Key<String> REFUSAL = key("quorate-refusal");

    /**
     * The versions of the protocol that a node speaks.
     *
     * @param min the oldest, at least 1
     * @param max the newest
     */
    record Versions(int min, int max) {
        /** What this code speaks. */
        static final Versions SPOKEN = new Versions(1, Frame.VERSION);

        Versions {
            if (min < 1 || max < min) {
                throw new IllegalArgumentException("versions " + min + "-" + max);
            }
        }

        @Override
        public String toString() {
            return min + "-" + max;
        }
    }

    /** Why a node is not talked to. */
    enum Reason {
        /** It does not say who it is. */
        NO_HANDSHAKE(Status.Code.INVALID_ARGUMENT),
        /** It belongs to another cluster. */
        OTHER_CLUSTER(Status.Code.PERMISSION_DENIED),
        /** It calls somebody who is not here, or says to be whom it calls. */
        STRANGER(Status.Code.NOT_FOUND),
        /** It speaks no version of the protocol that this node speaks. */
        INCOMPATIBLE_VERSION(Status.Code.FAILED_PRECONDITION),
        /** Too many others have called. */
        CROWDED(Status.Code.RESOURCE_EXHAUSTED);

        private final Status.Code code;

        Reason(Status.Code code) {
            this.code = code;
        }

        /** True when this is the name of one of them. */
        static boolean isName(String text) {
            return Arrays.stream(values()).anyMatch(reason -> reason.name().equals(text));
        }
    }

    /**
     * A refusal.
     *
     * @param who the node that is refused, as it says itself; "unknown" when it does not say
     */
    record Refusal(Reason reason, String who, String text) {
        /** How the stream ends. */
        Status status() {
            return reason.code.toStatus().withDescription(text);
        }

        /** What goes along with the status. */
        Metadata trailers() {
            Metadata trailers = new Metadata();
            trailers.put(REFUSAL, reason.name());
            return trailers;
        }
    }

    /** The headers of a call to a peer. */
    Metadata call(NodeId peer) {
        Metadata headers = new Metadata();
        headers.put(CLUSTER, Long.toHexString(identity.clusterId()));
        headers.put(NODE, identity.nodeId().toString());
        headers.put(PEER, peer.toString());
        headers.put(VERSIONS, versions.toString());
        return headers;
    }

    /** The headers of the answer to a call that was accepted. */
    Metadata answer(Metadata call) {
        Metadata headers = new Metadata();
        headers.put(CLUSTER, Long.toHexString(identity.clusterId()));
        headers.put(NODE, identity.nodeId().toString());
        headers.put(VERSIONS, versions.toString());
        headers.put(
                VERSION,
                Integer.toString(Math.min(versions.max(), versionsIn(call).max())));
        return headers;
    }

    /** Who calls, in headers that were not refused. */
    NodeId caller(Metadata call) {
        return NodeId.of(id(call, NODE));
    }

    /** Why a call is refused; empty when it is not. */
    Optional<Refusal> judgeCall(Metadata call) {
        try {
            Optional<Refusal> refusal = judge(call);
            if (refusal.isPresent()) {
                return refusal;
            }
            NodeId peer = NodeId.of(id(call, PEER));
            if (!peer.equals(identity.nodeId())) {
                return refusal(Reason.STRANGER, call, "this is " + identity + ", not node " + peer);
            }
            if (caller(call).equals(identity.nodeId())) {
                return refusal(Reason.STRANGER, call, "this is " + identity + ", and the caller says to be it too");
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return refusal(Reason.NO_HANDSHAKE, call, "no handshake: " + e.getMessage());
        }
    }

    /** Why what answers is not talked to; empty when it is the peer that was called. */
    Optional<Refusal> judgeAnswer(NodeId peer, Metadata answer) {
        try {
            Optional<Refusal> refusal = judge(answer);
            if (refusal.isEmpty() && !caller(answer).equals(peer)) {
                return refusal(Reason.STRANGER, answer, "node " + caller(answer) + " answers there, not node " + peer);
            }
            return refusal;
        } catch (IllegalArgumentException e) {
            return refusal(Reason.NO_HANDSHAKE, answer, "no handshake: " + e.getMessage());
        }
    }

    /**
     * The reason in the trailers of a refusal, in the words of the peer; empty when a stream ended for another cause.
     */
    static Optional<String> reasonIn(Metadata trailers) {
        return Optional.ofNullable(trailers.get(REFUSAL));
    }

    private Optional<Refusal> judge(Metadata headers) {
        long cluster = id(headers, CLUSTER);
        if (cluster != identity.clusterId()) {
            return refusal(
                    Reason.OTHER_CLUSTER,
                    headers,
                    "cluster " + Long.toHexString(cluster) + " is not cluster "
                            + Long.toHexString(identity.clusterId()));
        }
        Versions theirs = versionsIn(headers);
        if (theirs.max() < versions.min() || theirs.min() > versions.max()) {
            return refusal(
                    Reason.INCOMPATIBLE_VERSION,
                    headers,
                    "versions " + theirs + " of the peer protocol, this node speaks " + versions);
        }
        return Optional.empty();
    }

    private static Optional<Refusal> refusal(Reason reason, Metadata headers, String text) {
        String who = headers.get(NODE);
        return Optional.of(new Refusal(reason, who == null ? "unknown" : printable(who), text));
    }

    private static long id(Metadata headers, Metadata.Key<String> key) {
        String text = text(headers, key);
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key.name() + " is '" + printable(text) + "'", e);
        }
    }

    private static Versions versionsIn(Metadata headers) {
        String text = text(headers, VERSIONS);
        int dash = text.indexOf('-');
        try {
            return new Versions(
                    Integer.parseInt(text.substring(0, Math.max(0, dash))), Integer.parseInt(text.substring(dash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(VERSIONS.name() + " is '" + printable(text) + "'", e);
        }
    }

    private static String text(Metadata headers, Metadata.Key<String> key) {
        String text = headers.get(key);
        if (text == null) {
            throw new IllegalArgumentException(key.name() + " is missing");
        }
        return text;
    }

    private static String printable(String text) {
        return Printable.of(text, HEADER_LENGTH_MAX);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
