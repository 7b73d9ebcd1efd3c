package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

final class KeySpaceTest {
    private final KeySpace space = new KeySpace(new Shape("b/", 1000, 8, 20, 1, 0, 1), 1);

    @Test
    void aKeyIsItsNumberBehindThePrefix() {
        assertThat(space.key(0).toStringUtf8()).isEqualTo("b/000000");
        assertThat(space.key(907).toStringUtf8()).isEqualTo("b/000907");
        assertThat(space.number(space.key(0))).hasValue(0);
        assertThat(space.number(space.key(999))).hasValue(999);
    }

    @Test
    void otherKeysHaveNoNumber() {
        for (String other : new String[] {"b/001000", "b/999999", "b/00000", "b/0000000", "c/000000", "b/00000x", ""}) {
            assertThat(space.number(ByteString.copyFromUtf8(other))).isEmpty();
        }
    }

    @Test
    void aRangeEndsBeforeTheKeyBehindItAndTheLastOneWithThePrefix() {
        assertThat(space.behind(5, 10)).isEqualTo(space.key(15));
        assertThat(space.behind(995, 10)).isEqualTo(ByteString.copyFromUtf8("b0"));
        assertThat(space.end()).isEqualTo(ByteString.copyFromUtf8("b0"));
    }

    @Test
    void aValueTellsItsWriteAndItsKey() {
        assertThat(space.value(5, 7).size()).isEqualTo(20);
        assertThat(space.value(5, 7)).isEqualTo(space.value(5, 7)).isNotEqualTo(space.value(5, 8));
        assertThat(space.value(5, 7).substring(8))
                .isNotEqualTo(space.value(6, 7).substring(8));
        assertThat(space.isValueOf(5, space.value(5, 7))).isTrue();
        assertThat(space.isValueOf(6, space.value(5, 7))).isFalse();
        assertThat(space.isValueOf(5, space.value(5, 7).substring(1))).isFalse();
    }

    @Test
    void aSmallValueIsCutOff() {
        for (int size = 0; size <= 17; size++) {
            KeySpace small = new KeySpace(new Shape("b/", 1000, 8, size, 1, 0, 1), 1);
            assertThat(small.value(5, 7).size()).isEqualTo(size);
            assertThat(small.isValueOf(5, small.value(5, 7))).isTrue();
            assertThat(small.isValueOf(5, small.value(5, 7).concat(ByteString.copyFromUtf8("x"))))
                    .isFalse();
        }
    }
}
