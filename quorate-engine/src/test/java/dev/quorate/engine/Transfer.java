package dev.quorate.engine;

import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotChunk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * One snapshot transfer between two handlers over a network that a test makes lossy: it says what arrives in place of
 * each message, by the message and its number from 0.
 */
final class Transfer {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final HandlerRig to;
    private final Stepper stepper;
    private final SteppedCycle network;
    private final SnapshotSenders senders;
    private final HandlerRig from;
    private final ChunkPipe pipe;
    private final List<SnapshotChunk> sent = new ArrayList<>();
    private final List<SnapshotAck> answers = new ArrayList<>();
    private BiFunction<Integer, SnapshotChunk, List<SnapshotChunk>> onChunk = (number, chunk) -> List.of(chunk);
    private BiFunction<Integer, SnapshotAck, List<SnapshotAck>> onAck = (number, ack) -> List.of(ack);
    private CompletableFuture<Void> installed = new CompletableFuture<>();
    private CompletableFuture<SnapshotSender.Delivery> delivery = new CompletableFuture<>();
    private boolean receiving;

    private Transfer(HandlerRig from, HandlerRig to) {
        this.from = from;
        this.to = to;
        this.stepper = from.stepper;
        this.network = stepper.newCycle();
        this.pipe = new ChunkPipe(from.self);
        this.senders = new SnapshotSenders(
                from.environment(),
                from.handler(),
                from.options.snapshot(),
                () -> 0,
                (peer, message) -> network.execute(() -> carry(message)));
    }

    static Transfer between(HandlerRig from, HandlerRig to) {
        return new Transfer(from, to);
    }

    /** What arrives in place of a chunk. */
    Transfer onChunk(BiFunction<Integer, SnapshotChunk, List<SnapshotChunk>> rule) {
        onChunk = rule;
        return this;
    }

    /** What arrives in place of an answer. */
    Transfer onAck(BiFunction<Integer, SnapshotAck, List<SnapshotAck>> rule) {
        onAck = rule;
        return this;
    }

    /** Chunks from this number of messages on are lost. */
    Transfer cutAfter(int chunks) {
        return onChunk((number, chunk) -> number < chunks ? List.of(chunk) : List.of());
    }

    Transfer begin() {
        delivery = senders.send(to.self, from.term);
        stepper.settle();
        return this;
    }

    /** Begins, and lets time pass until both ends are done. */
    Transfer run() {
        begin();
        for (Duration passed = Duration.ZERO;
                passed.compareTo(PATIENCE) < 0 && !(delivery.isDone() && (installed.isDone() || !receiving));
                passed = passed.plusSeconds(1)) {
            stepper.advance(Duration.ofSeconds(1));
        }
        stepper.settle();
        return this;
    }

    SnapshotSenders senders() {
        return senders;
    }

    SnapshotSender.Delivery delivery() {
        return HandlerRig.value(delivery);
    }

    CompletableFuture<SnapshotSender.Delivery> deliveryFuture() {
        return delivery;
    }

    CompletableFuture<Void> installed() {
        return installed;
    }

    /** All chunks that were handed to the network, lost ones included. */
    List<SnapshotChunk> sent() {
        return sent;
    }

    List<Integer> sentSeqs() {
        return sent.stream().map(SnapshotChunk::seq).toList();
    }

    List<SnapshotAck> answers() {
        return answers;
    }

    private void carry(PeerMessage.Chunk message) {
        List<SnapshotChunk> arriving = onChunk.apply(sent.size(), message.chunk());
        sent.add(message.chunk());
        for (SnapshotChunk chunk : arriving) {
            if (!receiving) {
                receiving = true;
                installed = to.handler()
                        .applySnapshotStreamFromLeader(
                                to.term, pipe, ack -> answer(message.stream(), ack), to.options.snapshot());
            }
            pipe.put(chunk);
        }
    }

    private void answer(long stream, SnapshotAck answer) {
        network.execute(() -> {
            List<SnapshotAck> arriving = onAck.apply(answers.size(), answer);
            answers.add(answer);
            for (SnapshotAck ack : arriving) {
                senders.acked(to.self, new PeerMessage.Ack(stream, to.term, ack));
            }
        });
    }
}
