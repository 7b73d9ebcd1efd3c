package dev.quorate.grpc;

import io.grpc.MethodDescriptor;

/**
 * What travels together: each lane has a queue, a stream and a connection of its own, so that what is urgent waits
 * neither in a queue, nor in a flow control window, nor in a socket's buffer behind what is large.
 */
enum Lane {
    /** Heartbeats, votes, reads: small, and late is as bad as lost. */
    URGENT("Urgent"),
    /** Entries and their answers, and what concerns the log. */
    LOG("Log"),
    /** Snapshot chunks and their answers. */
    SNAPSHOT("Snapshot");

    /** The only service of a peer port. */
    static final String SERVICE = "quorate.Peer";

    private final String method;

    Lane(String method) {
        this.method = method;
    }

    /** The method of the lane as it is called. */
    MethodDescriptor<OutgoingBatch, IncomingBatch> dialing() {
        return descriptor(BatchMarshallers.OUTGOING, BatchMarshallers.INCOMING);
    }

    /** The method of the lane as it is served. */
    MethodDescriptor<IncomingBatch, OutgoingBatch> accepting() {
        return descriptor(BatchMarshallers.INCOMING, BatchMarshallers.OUTGOING);
    }

    private <Q, A> MethodDescriptor<Q, A> descriptor(
            MethodDescriptor.Marshaller<Q> requests, MethodDescriptor.Marshaller<A> answers) {
        return MethodDescriptor.newBuilder(requests, answers)
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, method))
                .build();
    }
}
