package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.DeadlineExceededException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException.Retry;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#waitApplied}. */
final class WaitAppliedTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HandlerRig rig = HandlerRig.started();

    @Test
    void completesAtOnceWhenReached() {
        rig.writeThrough(2);
        assertThat(rig.handler().waitApplied(2, Duration.ZERO)).isCompleted();
        assertThat(rig.handler().waitApplied(1, SECOND)).isCompleted();
        assertThat(rig.timers.alarms()).isZero();
    }

    @Test
    void completesWhenTheApplyPassesIt() {
        CompletableFuture<Void> wait = rig.handler().waitApplied(3, SECOND);
        rig.writeThrough(2);
        assertThat(wait).isNotDone();
        rig.writeThrough(4);
        assertThat(wait).isCompleted();
        assertThat(rig.timers.alarms()).as("its timer is gone").isZero();
    }

    @Test
    void completesAfterTheStateIsVisibleAndLastAppliedIsPublished() {
        List<String> seen = new ArrayList<>();
        var unused = rig.handler()
                .waitApplied(2, SECOND)
                .thenRun(() -> seen.add(rig.handler().lastApplied() + " "
                        + rig.machine.value("k2").orElse("nothing")));
        rig.writeThrough(2);
        assertThat(seen).containsExactly("2 v2");
    }

    @Test
    void completesInIndexOrderWhateverTheOrderOfArrival() {
        List<Long> order = new ArrayList<>();
        for (long target : new long[] {3, 1, 4, 2}) {
            var unused = rig.handler().waitApplied(target, SECOND).thenRun(() -> order.add(target));
        }
        rig.writeThrough(4);
        assertThat(order).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void failsAfterTheTimeoutWithAllThatAReaderNeedsToKnow() {
        rig.writeThrough(1);
        CompletableFuture<Void> wait = rig.handler().waitApplied(7, SECOND);
        rig.stepper.advance(Duration.ofMillis(999));
        assertThat(wait).isNotDone();
        rig.stepper.advance(Duration.ofMillis(1));
        assertThat(HandlerRig.failure(wait)).isInstanceOfSatisfying(DeadlineExceededException.class, late -> {
            assertThat(late.targetIndex()).isEqualTo(7);
            assertThat(late.appliedIndex()).isEqualTo(1);
            assertThat(late).hasMessageContaining("1000 ms");
            assertThat(late.retry()).isEqualTo(Retry.SAFE);
        });
    }

    @Test
    void aTimeoutIsNotFatal() {
        CompletableFuture<Void> wait = rig.handler().waitApplied(2, SECOND);
        rig.stepper.advance(SECOND);
        assertThat(wait).isCompletedExceptionally();
        assertThat(rig.events.halts).isEmpty();
        CompletableFuture<Void> again = rig.handler().waitApplied(2, SECOND);
        rig.writeThrough(2);
        assertThat(again).isCompleted();
    }

    @Test
    void timedOutWaitersMakeRoom() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Void> wait = rig.handler().waitApplied(9, SECOND);
            rig.stepper.advance(SECOND);
            assertThat(HandlerRig.failure(wait)).isInstanceOf(DeadlineExceededException.class);
        }
    }

    @Test
    void completedWaitersMakeRoom() {
        for (int i = 1; i <= 100; i++) {
            CompletableFuture<Void> wait = rig.handler().waitApplied(i, SECOND);
            rig.writeThrough(i);
            assertThat(wait).isCompleted();
        }
    }

    @Test
    void tooManyAreRefusedAtOnceAndLeaveNothing() {
        for (int i = 0; i < rig.options.waitersMax(); i++) {
            assertThat(rig.handler().waitApplied(5, SECOND)).isNotDone();
        }
        int timers = rig.timers.alarms();
        assertThat(HandlerRig.failure(rig.handler().waitApplied(5, SECOND))).isInstanceOf(OverloadedException.class);
        assertThat(rig.timers.alarms()).isEqualTo(timers);
    }

    @Test
    void aZeroTimeoutDoesNotWait() {
        assertThat(HandlerRig.failure(rig.handler().waitApplied(1, Duration.ZERO)))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(HandlerRig.failure(rig.handler().waitApplied(1, Duration.ofSeconds(-1))))
                .isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void theLongestTimeoutOfAllIsNoOverflow() {
        CompletableFuture<Void> wait = rig.handler().waitApplied(1, Duration.ofSeconds(Long.MAX_VALUE));
        rig.stepper.advance(Duration.ofDays(1000));
        assertThat(wait).isNotDone();
        rig.writeThrough(1);
        assertThat(wait).isCompleted();
    }

    @Test
    void aStopFailsAllWhoWaitAndAllWhoCome() {
        CompletableFuture<Void> before = rig.handler().waitApplied(5, SECOND);
        rig.handler().stop();
        assertThat(HandlerRig.failure(before)).isInstanceOf(NodeStoppedException.class);
        assertThat(HandlerRig.failure(rig.handler().waitApplied(5, SECOND))).isInstanceOf(NodeStoppedException.class);
        assertThat(rig.timers.alarms()).isZero();
    }

    @Test
    void aHaltFailsAllWhoWait() {
        HandlerRig halting = new HandlerRig();
        halting.around = machine -> FaultyStateMachine.around(machine).throwingAt(1);
        halting.start();
        CompletableFuture<Void> wait = halting.handler().waitApplied(1, SECOND);
        HandlerRig.failure(halting.commitAndApply(HandlerRig.commands(1, 1, RegisterMachine.put("a", "1"))));
        assertThat(HandlerRig.failure(wait)).isInstanceOf(NodeHaltedException.class);
    }

    @Test
    void anInstalledSnapshotCompletesThoseAtOrBelowIt() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(10);
        leader.snapshot();
        CompletableFuture<Void> at = rig.handler().waitApplied(10, HandlerRig.LONG);
        CompletableFuture<Void> below = rig.handler().waitApplied(4, HandlerRig.LONG);
        CompletableFuture<Void> above = rig.handler().waitApplied(11, HandlerRig.LONG);
        Transfer.between(leader, rig).run();
        assertThat(at).isCompleted();
        assertThat(below).isCompleted();
        assertThat(above).isNotDone();
    }
}
