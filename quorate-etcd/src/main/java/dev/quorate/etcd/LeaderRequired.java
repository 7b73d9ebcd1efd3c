package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Refuses a call whose metadata asks for a leader while this node knows none. */
final class LeaderRequired implements ServerInterceptor {
    static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final QuorateNode node;

    LeaderRequired(QuorateNode node) {
        this.node = node;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        boolean asked = "true".equals(metadata.get(HAS_LEADER));
        if (asked && node.status().leader().isEmpty()) {
            call.close(Refusals.NO_LEADER, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, metadata);
    }
}
