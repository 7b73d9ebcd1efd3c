package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.testkit.ManualClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a node does with what a peer sends it. */
final class PeerTest {
    private static final long SILENCE_NANOS = 1_000_000_000L;

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualClock clock = new ManualClock();
    private final FrameEncoder encoder = new FrameEncoder();
    private final NetworkThread thread = new NetworkThread("quorate-grpc-peer-test");
    private final Peer peer = new Peer(
            new Wiring(
                    new Handshake(new NodeIdentity(Cluster.ID, NodeId.of(1)), Handshake.Versions.SPOKEN),
                    TransportLimits.DEFAULTS,
                    SILENCE_NANOS,
                    thread,
                    clock,
                    new SplittableRandom(7),
                    new Notices(clock),
                    encoder,
                    new Dialer(thread, TransportLimits.DEFAULTS, SILENCE_NANOS, Optional.empty()),
                    (from, message) -> {},
                    (to, message) -> {}),
            NodeId.of(2));

    /** Keeps what is sent by it. */
    private static final class Kept implements Pipe {
        final List<OutgoingBatch> batches = new ArrayList<>();
        boolean ready = true;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(OutgoingBatch batch) {
            batches.add(batch);
        }

        @Override
        public void close(String reason) {
            throw new AssertionError("nobody is to close it: " + reason);
        }
    }

    @AfterEach
    void close() {
        thread.close();
    }

    private IncomingBatch ping(long number) throws IOException {
        return IncomingBatch.read(new OutgoingBatch().add(encoder.number(FrameKind.PING, number)).stream());
    }

    @Test
    void aPingIsAnsweredOnlyWhileTheAnswerLeavesAtOnce() throws IOException {
        Kept stream = new Kept();
        PeerLane urgent = peer.lane(Lane.URGENT);
        peer.received(urgent, stream, ping(1));
        assertThat(stream.batches).hasSize(1);
        stream.ready = false;
        for (int number = 2; number < 100; number++) {
            peer.received(urgent, stream, ping(number));
        }
        assertThat(stream.batches)
                .as("what a peer lets pile up that asks and reads nothing")
                .hasSize(1);
        stream.ready = true;
        peer.received(urgent, stream, ping(100));
        assertThat(stream.batches).hasSize(2);
        assertThat(IncomingBatch.read(stream.batches.get(1).stream()).pong()).isEqualTo(100);
    }

    @Test
    void reasonsThatAPeerMakesUpAreToldOnceAndCannotForgeALine() {
        PeerUrl url = PeerUrl.parse("http://127.0.0.1:1");
        for (int number = 0; number < 3; number++) {
            peer.refusedBy("MADE\nUP " + number, url, "no\u001b[2J way");
        }
        assertThat(log.with("refused by peer"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("refused by peer node=1 peer=2 url=http://127.0.0.1:1 ")
                        .endsWith(" reason=MADE?UP 0 text=no?[2J way"));
        peer.refusedBy(Handshake.Reason.STRANGER.name(), url, "this is node 3");
        assertThat(log.with("refused by peer")).hasSize(2);
    }
}
