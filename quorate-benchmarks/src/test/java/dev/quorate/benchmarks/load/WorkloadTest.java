package dev.quorate.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WorkloadTest {
    private static final int KEYS = 10;

    private final Workload workload = new Workload(KEYS, 32);
    private final Map<Integer, Bytes> store = new HashMap<>();

    @BeforeEach
    void writeEveryKeyTwice() {
        for (int i = 0; i < 2 * KEYS; i++) {
            store.put(i % KEYS, workload.attempt(i % KEYS));
            workload.acknowledge(i % KEYS);
        }
    }

    @Test
    void aStoreThatHasEverythingIsGreen() {
        assertThat(verify()).isEqualTo(new Workload.Verification(KEYS, 0, ""));
        assertThat(verify().isGreen()).isTrue();
    }

    @Test
    void aMissingKeyIsRed() {
        store.remove(3);
        assertThat(verify().isGreen()).isFalse();
        assertThat(verify().problems()).isEqualTo(1);
        assertThat(verify().named()).isEqualTo("key 3 acknowledged 2 attempted 2 found nothing");
    }

    @Test
    void aKeyThatFellBackToAnOlderWriteIsRed() {
        Bytes older = store.getOrDefault(4, Bytes.EMPTY);
        store.put(4, workload.attempt(4));
        workload.acknowledge(4);
        assertThat(verify().isGreen()).isTrue();
        store.put(4, older);
        assertThat(verify().named()).isEqualTo("key 4 acknowledged 3 attempted 3 found sequence 2");
    }

    @Test
    void aWriteWithoutAnswerMayBeThereOrNot() {
        Bytes unanswered = workload.attempt(5);
        assertThat(verify().isGreen()).isTrue();
        store.put(5, unanswered);
        assertThat(verify().isGreen()).isTrue();
    }

    @Test
    void whatWasNeverWrittenIsRed() {
        byte[] value = store.getOrDefault(6, Bytes.EMPTY).toByteArray();
        value[0]++;
        store.put(6, Bytes.wrap(value));
        assertThat(verify().named()).isEqualTo("key 6 acknowledged 2 attempted 2 found sequence 3");
    }

    @Test
    void aDamagedValueIsRed() {
        byte[] value = store.getOrDefault(7, Bytes.EMPTY).toByteArray();
        value[31]++;
        store.put(7, Bytes.wrap(value));
        store.put(8, store.getOrDefault(8, Bytes.EMPTY).slice(0, 31));
        assertThat(verify().problems()).isEqualTo(2);
    }

    @Test
    void theValueOfAnotherKeyIsRed() {
        store.put(0, store.getOrDefault(1, Bytes.EMPTY));
        assertThat(verify().problems()).isEqualTo(1);
    }

    @Test
    void keysThatWereNeverWrittenNeedNotBeThere() {
        Workload fresh = new Workload(KEYS, 32);
        assertThat(fresh.verify(key -> Optional.empty())).isEqualTo(new Workload.Verification(0, 0, ""));
    }

    private Workload.Verification verify() {
        return workload.verify(key -> Optional.ofNullable(store.get(key)));
    }
}
