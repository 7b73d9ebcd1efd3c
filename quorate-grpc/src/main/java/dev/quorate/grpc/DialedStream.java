package dev.quorate.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;

/** A stream that this node opened to a peer, on a connection of its own. Owned by the network thread. */
final class DialedStream extends ClientCall.Listener<IncomingBatch> implements Pipe {
    private final Wiring wiring;
    private final Peer peer;
    private final PeerLane lane;
    private final PeerUrl url;
    private final ManagedChannel channel;
    private final ClientCall<OutgoingBatch, IncomingBatch> call;
    private final long begunNanos;
    private long openedNanos;
    private boolean open;
    private boolean ended;

    /** Begins to connect. */
    DialedStream(Wiring wiring, Peer peer, PeerLane lane, PeerUrl url) {
        this.wiring = wiring;
        this.peer = peer;
        this.lane = lane;
        this.url = url;
        this.channel = wiring.dialer().open(url);
        this.call = channel.newCall(lane.lane().dialing(), CallOptions.DEFAULT);
        this.begunNanos = wiring.clock().nanoTime();
    }

    /** Sends the handshake, once. */
    void begin() {
        call.start(this, wiring.handshake().call(peer.id()));
        call.request(1);
    }

    /** True once the peer has answered the handshake. */
    boolean isOpen() {
        return open;
    }

    /** How long it has been open; 0 when it never was. */
    long openNanos(long now) {
        return open ? now - openedNanos : 0;
    }

    /** How long the peer has had to answer. */
    long waitedNanos(long now) {
        return open ? 0 : now - begunNanos;
    }

    PeerUrl url() {
        return url;
    }

    @Override
    public boolean isReady() {
        return open && !ended && call.isReady();
    }

    @Override
    public void send(OutgoingBatch batch) {
        if (!ended) {
            call.sendMessage(batch);
        }
    }

    @Override
    public void close(String reason) {
        if (!ended) {
            ended = true;
            call.cancel(reason, null);
            wiring.dialer().close(channel);
        }
    }

    @Override
    public void onHeaders(Metadata headers) {
        if (ended || open) {
            return;
        }
        Optional<Handshake.Refusal> refusal = wiring.handshake().judgeAnswer(peer.id(), headers);
        if (refusal.isPresent()) {
            peer.refuses(refusal.get(), url);
            close(refusal.get().text());
            lane.ended(this, refusal.get().text());
            return;
        }
        open = true;
        openedNanos = wiring.clock().nanoTime();
        lane.opened(this);
    }

    @Override
    public void onMessage(IncomingBatch batch) {
        if (!ended) {
            call.request(1);
            peer.received(lane, this, batch);
        }
    }

    @Override
    public void onReady() {
        if (!ended && open) {
            lane.drain();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (ended) {
            return;
        }
        ended = true;
        wiring.dialer().close(channel);
        String reason = reason(status);
        Handshake.reasonIn(trailers).ifPresent(refused -> peer.refusedBy(refused, url, reason));
        if (RootCause.isTls(status.getCause())) {
            peer.noTlsWith(url, reason);
        }
        lane.ended(this, reason);
    }

    /** The description of gRPC says little of what went wrong below it: a certificate, or no TLS at all. */
    private static String reason(Status status) {
        String described = status.getDescription() == null ? "" : ": " + status.getDescription();
        Throwable cause = status.getCause();
        String line = status.getCode() + described.lines().findFirst().orElse("");
        return cause == null ? line : line + " (" + RootCause.of(cause) + ")";
    }
}
