package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.PeerMessage;
import dev.quorate.testkit.PeerMessages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one node makes of the bytes of another one, of a newer version too. */
final class IncomingBatchTest {
    private final FrameEncoder encoder = new FrameEncoder();

    private byte[] bytes(PeerMessage... messages) throws IOException {
        OutgoingBatch batch = new OutgoingBatch();
        for (PeerMessage message : messages) {
            batch.add(encoder.encode(message));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        batch.stream().transferTo(out);
        return out.toByteArray();
    }

    private static IncomingBatch read(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return IncomingBatch.read(new ByteArrayInputStream(all.toByteArray()));
    }

    private static byte[] frame(int version, int kind, byte... body) {
        return ByteBuffer.allocate(Frame.HEADER_BYTES + body.length)
                .put((byte) version)
                .put((byte) kind)
                .putInt(body.length)
                .put(body)
                .array();
    }

    @Test
    void aBatchIsTheRowOfItsMessages() throws IOException {
        List<PeerMessage> all = new ArrayList<>(PeerMessages.samples().values());
        IncomingBatch batch = read(bytes(all.toArray(PeerMessage[]::new)));
        assertThat(batch.messages()).isEqualTo(all);
        assertThat(batch.unknown() + batch.malformed()).isZero();
    }

    @Test
    void aKindThatIsNotKnownIsSkippedAndCounted() throws IOException {
        IncomingBatch batch =
                read(bytes(PeerMessages.heartbeat(1)), frame(9, 200, new byte[77]), bytes(PeerMessages.heartbeat(2)));
        assertThat(batch.messages()).containsExactly(PeerMessages.heartbeat(1), PeerMessages.heartbeat(2));
        assertThat(batch.unknown()).isEqualTo(1);
        assertThat(batch.malformed()).isZero();
    }

    @Test
    void whatANewerVersionAddedAtTheEndIsIgnored() throws IOException {
        byte[] heartbeat = bytes(PeerMessages.heartbeat(5));
        byte[] body = Arrays.copyOfRange(heartbeat, Frame.HEADER_BYTES, heartbeat.length + 3);
        IncomingBatch newer = read(frame(2, FrameKind.HEARTBEAT.code(), body));
        assertThat(newer.messages()).containsExactly(PeerMessages.heartbeat(5));
        IncomingBatch same = read(frame(1, FrameKind.HEARTBEAT.code(), body));
        assertThat(same.messages()).isEmpty();
        assertThat(same.malformed()).isEqualTo(1);
    }

    @Test
    void aMalformedFrameHarmsNoOther() throws IOException {
        IncomingBatch batch = read(
                frame(1, FrameKind.HEARTBEAT.code(), (byte) 1),
                frame(0, FrameKind.TIMEOUT_NOW.code(), new byte[8]),
                bytes(PeerMessages.heartbeat(3)));
        assertThat(batch.messages()).containsExactly(PeerMessages.heartbeat(3));
        assertThat(batch.malformed()).isEqualTo(2);
    }

    @Test
    void aLengthThatIsNotThereEndsTheBatch() throws IOException {
        byte[] lying = frame(1, FrameKind.HEARTBEAT.code());
        ByteBuffer.wrap(lying).putInt(Frame.LENGTH_AT, Integer.MAX_VALUE);
        IncomingBatch batch = read(bytes(PeerMessages.heartbeat(1)), lying, bytes(PeerMessages.heartbeat(2)));
        assertThat(batch.messages()).containsExactly(PeerMessages.heartbeat(1));
        assertThat(batch.fault()).contains("2147483647 bytes where");
    }

    @Test
    void pingAndPongAreNoMessages() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encoder.number(FrameKind.PING, 7).writeTo(out);
        encoder.number(FrameKind.PONG, 8).writeTo(out);
        IncomingBatch batch = read(out.toByteArray());
        assertThat(batch.messages()).isEmpty();
        assertThat(batch.ping()).isEqualTo(7);
        assertThat(batch.pong()).isEqualTo(8);
    }

    @Test
    void payloadsAreNotCopiedWhenAFrameIsMade() {
        PeerMessage.Protocol append = (PeerMessage.Protocol) PeerMessages.append(0, 2, 10_000);
        Frame frame = encoder.encode(append);
        assertThat(frame.payloads().get(0)).isSameAs(append.entries().get(0).payload());
        assertThat(frame.head().length()).isLessThan(200);
    }
}
