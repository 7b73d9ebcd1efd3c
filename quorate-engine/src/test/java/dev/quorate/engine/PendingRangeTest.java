package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.testkit.RegisterMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#pendingRange}; its consistency between threads is shown in {@link AppliedIndexTest}. */
final class PendingRangeTest {
    private final HandlerRig rig = HandlerRig.started();

    @Test
    void isEmptyWhenNothingIsAhead() {
        assertThat(rig.handler().pendingRange()).isEmpty();
        rig.writeThrough(3);
        assertThat(rig.handler().pendingRange()).isEmpty();
    }

    @Test
    void beginsRightBehindWhatIsApplied() {
        rig.writeThrough(3);
        rig.handler().updatePending(7);
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(4, 7));
    }

    @Test
    void shrinksWithEachChunkAndShowsNoPartOfItTwice() {
        rig.handler().updatePending(6);
        var unused =
                rig.applyChunk(HandlerRig.commands(1, 1, RegisterMachine.put("a", "1"), RegisterMachine.put("a", "2")));
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(3, 6));
    }

    @Test
    void isNeverPartlyAppliedWhenReadInTheMiddleOfAChunk() {
        List<Optional<IndexRange>> seen = new ArrayList<>();
        HandlerRig watched = new HandlerRig();
        watched.around = machine -> new Watching(machine) {
            @Override
            public Bytes apply(Entry command) {
                Bytes response = super.apply(command);
                seen.add(watched.handler().pendingRange());
                return response;
            }
        };
        watched.start().writeThrough(3);
        assertThat(seen).containsOnly(Optional.of(new IndexRange(1, 3)));
    }

    @Test
    void agreesWithAnInstalledSnapshot() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(10);
        leader.snapshot();
        rig.handler().updatePending(4);
        Transfer.between(leader, rig).run();
        assertThat(rig.handler().pendingRange()).isEmpty();
        rig.handler().updatePending(12);
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(11, 12));
    }
}
