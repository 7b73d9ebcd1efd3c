package dev.quorate.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.PeerMessage;
import dev.quorate.testkit.PeerMessages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames of version 1 as they were recorded, one file of hexadecimal digits a message: they must be understood, and
 * written the same, as long as nodes of version 1 may be in a cluster. A recorded file never changes.
 */
final class FrameCompatibilityTest {
    private static final Map<String, PeerMessage> SAMPLES = PeerMessages.samples();

    static Stream<String> names() {
        return SAMPLES.keySet().stream();
    }

    private static byte[] recorded(String name) throws IOException {
        try (InputStream in = FrameCompatibilityTest.class.getResourceAsStream("v1/" + name + ".hex")) {
            if (in == null) {
                String frame = HexFormat.of().formatHex(written(requireNonNull(SAMPLES.get(name))));
                throw new AssertionError("v1/" + name + ".hex is not recorded; now it would be " + frame);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        }
    }

    private static byte[] written(PeerMessage message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Frame frame = new FrameEncoder().encode(message);
        frame.writeTo(out);
        assertThat(frame.length()).isEqualTo(out.size());
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aRecordedFrameIsTheMessageThatItWas(String name) throws IOException {
        IncomingBatch batch = IncomingBatch.read(new ByteArrayInputStream(recorded(name)));
        assertThat(batch.fault()).isEmpty();
        assertThat(batch.messages()).containsExactly(requireNonNull(SAMPLES.get(name)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aMessageIsWrittenAsItWasRecorded(String name) throws IOException {
        assertThat(written(requireNonNull(SAMPLES.get(name)))).isEqualTo(recorded(name));
    }

    @Test
    void everyKindIsRecorded() throws IOException {
        Set<FrameKind> kinds = new TreeSet<>();
        for (String name : SAMPLES.keySet()) {
            kinds.add(requireNonNull(FrameKind.ofCode(Byte.toUnsignedInt(recorded(name)[1]))));
        }
        kinds.add(FrameKind.PING);
        kinds.add(FrameKind.PONG);
        assertThat(kinds).containsExactlyInAnyOrder(FrameKind.values());
    }
}
