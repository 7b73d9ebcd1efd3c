package dev.quorate.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A stream that a peer opened to this node; answers can go back by it. Owned by the network thread. */
final class AcceptedStream extends ServerCall.Listener<IncomingBatch> implements Pipe {
    private final ServerCall<IncomingBatch, OutgoingBatch> call;
    private final Peer peer;
    private final PeerLane lane;
    private boolean ended;

    AcceptedStream(ServerCall<IncomingBatch, OutgoingBatch> call, Peer peer, PeerLane lane) {
        this.call = call;
        this.peer = peer;
        this.lane = lane;
    }

    @Override
    public boolean isReady() {
        return !ended && call.isReady();
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
            call.close(Status.ABORTED.withDescription(reason), new Metadata());
        }
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
        if (!ended) {
            lane.drain();
        }
    }

    @Override
    public void onHalfClose() {
        close("the caller has no more to say");
        lane.ended(this);
    }

    @Override
    public void onCancel() {
        ended = true;
        lane.ended(this);
    }

    @Override
    public void onComplete() {
        ended = true;
        lane.ended(this);
    }
}
