package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AlarmFuzzTest {
    @FuzzTest
    void anyBytesAreAnAlarmOrRefused(byte[] bytes) {
        Bytes given = Bytes.copyOf(bytes);
        Alarm alarm;
        try {
            alarm = Alarm.decode(given);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(alarm.encode()).isEqualTo(given);
    }

    @Test
    void almostRightBytesToo() {
        byte[] seed = new Alarm(NodeId.of(7)).encode().toByteArray();
        Mutations.forEach(List.of(seed), 5_000, this::anyBytesAreAnAlarmOrRefused);
    }
}
