package dev.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BytesNumbersTest {
    private static final Bytes PART = Bytes.wrap(new byte[] {9, 9, 1, 2, 3, 4, 5, 6, 7, (byte) 0x80, 9}, 2, 8);

    @Test
    void eightBytesAreOneNumberWithTheLeastSignificantFirst() {
        assertThat(PART.longAt(0)).isEqualTo(0x8007060504030201L);
    }

    @Test
    void aNumberNeverReachesBeyondItsView() {
        assertThatThrownBy(() -> PART.longAt(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PART.longAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void equalViewsHaveEqualHashes() {
        byte[] array = new byte[64];
        for (int i = 0; i < array.length; i++) {
            array[i] = (byte) (i % 19 - 7);
        }
        for (int length = 0; length < 40; length++) {
            Bytes view = Bytes.wrap(array, 3, length);
            assertThat(view.hashCode()).isEqualTo(Bytes.wrap(view.toByteArray()).hashCode());
        }
    }

    @Test
    void countersSpreadOverATable() {
        int bins = 1 << 17;
        int[] load = new int[bins];
        for (int i = 0; i < bins; i++) {
            byte[] key = {0, 0, 0, 0, 0, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            int hash = Bytes.wrap(key).hashCode();
            load[(hash ^ (hash >>> 16)) & (bins - 1)]++;
        }
        assertThat(IntStream.of(load).filter(keys -> keys > 0).count()).isGreaterThan(bins / 2);
        assertThat(IntStream.of(load).max().orElseThrow()).isLessThan(16);
    }
}
