package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.RangeRequest;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Set;

/**
 * Refuses what a learner does not serve: of etcd's calls it answers serializable reads, its status and its snapshot, as
 * etcd's does. Services of our own, and gRPC's, are not meant.
 */
final class LearnerRules implements ServerInterceptor {
    private static final String API =
            MaintenanceGrpc.SERVICE_NAME.substring(0, MaintenanceGrpc.SERVICE_NAME.indexOf('.') + 1);
    private static final String RANGE = KVGrpc.getRangeMethod().getFullMethodName();
    private static final Set<String> SERVED = Set.of(
            MaintenanceGrpc.getStatusMethod().getFullMethodName(),
            MaintenanceGrpc.getSnapshotMethod().getFullMethodName());

    private final QuorateNode node;

    LearnerRules(QuorateNode node) {
        this.node = node;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!node.isLearner() || !method.startsWith(API) || SERVED.contains(method)) {
            return next.startCall(call, metadata);
        }
        if (method.equals(RANGE)) {
            return new Judged<>(next.startCall(call, metadata), call);
        }
        refuse(call);
        return new ServerCall.Listener<>() {};
    }

    /** Nothing happened, and another member will take it. */
    private static void refuse(ServerCall<?, ?> call) {
        Metadata trailers = new Metadata();
        trailers.put(RetrySafety.KEY, RetrySafety.SAFE);
        call.close(Refusals.NOT_FOR_LEARNERS, trailers);
    }

    /** A range, of which only the message tells whether it is to be refused. */
    private static final class Judged<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private boolean refused;

        Judged(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            refused = message instanceof RangeRequest range && !range.getSerializable();
            if (refused) {
                refuse(call);
            } else {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
