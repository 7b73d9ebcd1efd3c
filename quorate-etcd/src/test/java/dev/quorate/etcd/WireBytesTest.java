package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.spi.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WireBytesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 1024, 1025, 100_000})
    void bytesAreTheSameInBothForms(int length) {
        byte[] array = new byte[length + 10];
        new SplittableRandom(length).nextBytes(array);
        byte[] middle = Arrays.copyOfRange(array, 5, 5 + length);
        Bytes ours = Bytes.wrap(array, 5, length);
        ByteString theirs = ByteString.copyFrom(array).substring(5, 5 + length);
        ByteString rope = ByteString.copyFrom(middle, 0, length / 2)
                .concat(ByteString.copyFrom(middle, length / 2, length - length / 2));
        ByteString buffer = UnsafeByteOperations.unsafeWrap(ByteBuffer.wrap(middle));

        assertThat(WireBytes.out(ours).toByteArray()).isEqualTo(middle);
        assertThat(WireBytes.in(theirs).toByteArray()).isEqualTo(middle);
        assertThat(WireBytes.in(rope).toByteArray()).isEqualTo(middle);
        assertThat(WireBytes.in(buffer).toByteArray()).isEqualTo(middle);
    }
}
