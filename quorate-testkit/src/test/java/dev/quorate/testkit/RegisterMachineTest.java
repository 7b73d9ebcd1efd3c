package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegisterMachineTest {
    private final RegisterMachine machine = new RegisterMachine();
    private long index;

    @Test
    void answersEachCommand() {
        assertThat(apply("put a 1")).isEqualTo("ok");
        assertThat(apply("append a 2 and 3")).isEqualTo("12 and 3");
        assertThat(apply("cas a 12 other")).isEqualTo("differs");
        assertThat(apply("put a 1")).isEqualTo("ok");
        assertThat(apply("cas a 1 5")).isEqualTo("ok");
        assertThat(apply("cas b - 6")).isEqualTo("ok");
        assertThat(apply("del a")).isEqualTo("ok");
        assertThat(apply("del a")).isEqualTo("missing");
        assertThat(apply("nonsense")).isEqualTo("unknown command");
        assertThat(apply("cas a 1")).isEqualTo("unknown command");
        assertThat(machine.pairs()).hasSize(1).containsEntry("b", "6");
        assertThat(machine.appliedIndices()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void readsAllKeysInOrderOrNone() {
        apply("put a 1");
        apply("put b 2");
        assertThat(machine.read(List.of(Bytes.utf8("b"), Bytes.utf8("a"))))
                .contains(List.of(
                        new KeyValue(Bytes.utf8("b"), Bytes.utf8("2")),
                        new KeyValue(Bytes.utf8("a"), Bytes.utf8("1"))));
        assertThat(machine.read(List.of(Bytes.utf8("b"), Bytes.utf8("c")))).isEmpty();
    }

    @Test
    void digestDependsOnTheContentAlone() {
        apply("put a 1");
        apply("put b 2");
        RegisterMachine other = new RegisterMachine();
        for (String command : List.of("put b 3", "put c 4", "append a 1", "del c", "cas b 3 2")) {
            other.apply(command(1, command));
        }
        assertThat(other.digest()).isEqualTo(machine.digest());
        apply("put b 3");
        assertThat(other.digest()).isNotEqualTo(machine.digest());
    }

    @Test
    void restoresWhatWasFrozenEvenIfAppliesWentOn() throws IOException {
        for (int i = 0; i < 600; i++) {
            apply("put key" + i + " value" + i);
        }
        FrozenState frozen = machine.freeze();
        Bytes digest = machine.digest().orElseThrow();
        apply("put key1 later");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int parts = 1;
        while (frozen.write(out)) {
            parts++;
        }
        RegisterMachine other = new RegisterMachine();
        other.apply(command(1, "put gone 1"));
        other.restore(new ByteArrayInputStream(out.toByteArray()), new LogId(1, 600));
        assertThat(parts).isEqualTo(3);
        assertThat(other.digest()).contains(digest);
        assertThat(other.value("key1")).contains("value1");
        assertThat(other.value("gone")).isEmpty();
    }

    @Test
    void faultsComeWhereTheyWereAskedFor() throws IOException {
        FaultyStateMachine faulty =
                FaultyStateMachine.around(machine).throwingAt(3).differingAt(2).failingRestore();
        faulty.apply(command(1, "put a 1"));
        faulty.apply(command(2, "put b 2"));
        assertThat(machine.value("b")).contains("2!");
        assertThatThrownBy(() -> faulty.apply(command(3, "put c 3"))).isInstanceOf(FaultyStateMachine.Fault.class);
        assertThat(machine.value("c")).isEmpty();
        assertThatThrownBy(() -> faulty.restore(new ByteArrayInputStream(new byte[1]), new LogId(1, 1)))
                .isInstanceOf(IOException.class);
        assertThat(machine.value("a")).contains("1");
    }

    @Test
    void hooksRunBeforeTheFreezeAndBeforeEachPart() throws IOException {
        StringBuilder order = new StringBuilder();
        FaultyStateMachine faulty = FaultyStateMachine.around(machine)
                .beforeFreeze(() -> order.append("freeze "))
                .beforeEachPart(() -> order.append("part "));
        for (int i = 0; i < 300; i++) {
            apply("put key" + i + " value");
        }
        FrozenState frozen = faulty.freeze();
        while (frozen.write(new ByteArrayOutputStream())) {
            order.append("more ");
        }
        assertThat(order).hasToString("freeze part more part ");
    }

    private String apply(String command) {
        return machine.apply(command(++index, command)).toUtf8();
    }

    private static Entry command(long index, String text) {
        return new Entry(new LogId(1, index), EntryKind.COMMAND, Bytes.utf8(text), 0);
    }
}
