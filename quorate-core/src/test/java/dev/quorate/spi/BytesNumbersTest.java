package dev.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
