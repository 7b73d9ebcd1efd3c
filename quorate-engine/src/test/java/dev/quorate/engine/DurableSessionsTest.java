package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.ApplyResult.Effect;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions beside a state machine that is durable by itself, and so is not made to apply anything twice. */
final class DurableSessionsTest {
    private static Bytes command(long session, long sequence, String text) {
        return new SessionEntry.Command(session, sequence, sequence, Bytes.utf8(text)).encode();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTookEffectIsKnownAfterARestartThoughItsAnswerIsNot(boolean snapshot) {
        FlushingMachine.Durable durable = new FlushingMachine.Durable();
        HandlerRig rig = new HandlerRig().startWith(new FlushingMachine(durable));
        rig.append(EntryKind.OPEN_SESSION, new SessionEntry.Open(100_000, 4, 10).encode());
        rig.append(EntryKind.SESSION_COMMAND, command(1, 1, "a"));
        rig.applyCommitted();
        if (snapshot) {
            rig.snapshot();
        }
        rig.append(EntryKind.SESSION_COMMAND, command(1, 2, "b"));
        assertThat(rig.applyCommitted()).extracting(ApplyResult::response).containsExactly(Bytes.utf8("ab"));

        rig.crash();
        rig.startWith(new FlushingMachine(durable));
        rig.append(EntryKind.SESSION_COMMAND, command(1, 2, "b"));
        rig.append(EntryKind.SESSION_COMMAND, command(1, 3, "c"));
        List<ApplyResult> results = rig.applyCommitted();
        assertThat(results).extracting(ApplyResult::effect).containsExactly(Effect.ANSWER_LOST, Effect.APPLIED);
        assertThat(results.get(1).response()).isEqualTo(Bytes.utf8("abc"));
    }
}
