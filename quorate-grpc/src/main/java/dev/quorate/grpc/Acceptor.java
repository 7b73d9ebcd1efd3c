package dev.quorate.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peer port: judges who calls, before anything is read. There is nothing to call there but the lanes; gRPC itself
 * answers UNIMPLEMENTED to everything else. Owned by the network thread.
 */
final class Acceptor implements ServerCallHandler<IncomingBatch, OutgoingBatch> {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

    private final Wiring wiring;
    private final Peers peers;
    private final Lane lane;

    Acceptor(Wiring wiring, Peers peers, Lane lane) {
        this.wiring = wiring;
        this.peers = peers;
        this.lane = lane;
    }

    @Override
    public ServerCall.Listener<IncomingBatch> startCall(
            ServerCall<IncomingBatch, OutgoingBatch> call, Metadata headers) {
        Optional<Handshake.Refusal> refusal = wiring.handshake().judgeCall(headers);
        if (refusal.isPresent()) {
            return refuse(call, refusal.get());
        }
        if (!peers.isStarted()) {
            call.close(Status.UNAVAILABLE.withDescription("node " + wiring.self() + " is not started"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Optional<Peer> peer = peers.caller(wiring.handshake().caller(headers));
        if (peer.isEmpty()) {
            return refuse(
                    call,
                    new Handshake.Refusal(
                            Handshake.Reason.CROWDED,
                            wiring.handshake().caller(headers).toString(),
                            "more than " + TransportLimits.PEERS_MAX + " peers"));
        }
        call.sendHeaders(wiring.handshake().answer(headers));
        call.request(1);
        PeerLane its = peer.get().lane(lane);
        AcceptedStream stream = new AcceptedStream(call, peer.get(), its);
        its.accepted(stream);
        return stream;
    }

    private ServerCall.Listener<IncomingBatch> refuse(
            ServerCall<IncomingBatch, OutgoingBatch> call, Handshake.Refusal refusal) {
        SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        // Not by who it says to be: it may say something else each time.
        if (wiring.notices().isDue("refused " + RemoteHost.of(from) + " " + refusal.reason())) {
            LOG.warn(
                    "peer refused node={} caller={} from={} reason={} text={}",
                    wiring.self(),
                    refusal.who(),
                    from,
                    refusal.reason(),
                    refusal.text());
        }
        call.close(refusal.status(), refusal.trailers());
        return new ServerCall.Listener<>() {};
    }
}
