package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.testkit.PeerMessages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Any bytes from a peer: messages that are written and read as the same, and the rest counted. */
final class BatchFuzzTest {
    @FuzzTest
    void anyBytesAreMessagesOrCounted(byte[] bytes) throws IOException {
        IncomingBatch batch = IncomingBatch.read(new ByteArrayInputStream(bytes));
        assertThat(batch.fault().isEmpty()).isEqualTo(batch.malformed() == 0);
        List<byte[]> again = encoded(batch.messages());
        for (int place = 0; place < again.size(); place++) {
            IncomingBatch one = IncomingBatch.read(new ByteArrayInputStream(again.get(place)));
            assertThat(one.messages()).containsExactly(batch.messages().get(place));
        }
    }

    @FuzzTest
    void anyTextIsAnAddressOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            for (PeerUrl url : PeerAddress.parse(text).urls()) {
                assertThat(PeerUrl.parse(url.toString())).isEqualTo(url);
            }
        } catch (InvalidRequestException refused) {
            assertThat(refused.getMessage()).as(text).contains("peer ");
        }
    }

    @Test
    void almostRightBatchesToo() throws IOException {
        List<byte[]> seeds = encoded(new ArrayList<>(PeerMessages.samples().values()));
        Mutations.forEach(seeds, 20_000, this::anyBytesAreMessagesOrCounted);
    }

    @Test
    void almostRightAddressesToo() {
        List<byte[]> seeds = List.of(
                "http://127.0.0.1:2380,https://[::1]:3380;name=a".getBytes(StandardCharsets.UTF_8),
                "https://node.example:1".getBytes(StandardCharsets.UTF_8));
        Mutations.forEach(seeds, 20_000, this::anyTextIsAnAddressOrRefused);
    }

    private static List<byte[]> encoded(List<PeerMessage> messages) throws IOException {
        FrameEncoder encoder = new FrameEncoder();
        List<byte[]> all = new ArrayList<>();
        for (PeerMessage message : messages) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            encoder.encode(message).writeTo(out);
            all.add(out.toByteArray());
        }
        return all;
    }
}
