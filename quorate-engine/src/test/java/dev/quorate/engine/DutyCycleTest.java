package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class DutyCycleTest {
    private final List<String> events = new ArrayList<>();
    private final List<NodeHaltedException> halts = new ArrayList<>();
    private final Halt halt = new Halt(halts::add);
    private final ManualClock clock = new ManualClock();

    /** An item that tells what became of it. */
    private final class Noted extends Inbox.Item {
        private final String name;

        private Noted(String name) {
            this.name = name;
        }

        @Override
        void discarded(QuorateException reason) {
            events.add(name + " discarded: " + reason.getClass().getSimpleName());
        }
    }

    /** Notes items and steps; fails at the item "bad". */
    private final class NotingDuty implements Duty {
        @Override
        public int work(DutyCycle cycle, long nowNanos) {
            int count = 0;
            for (Inbox.Item item = cycle.nextItem(); item != null; item = cycle.nextItem()) {
                Noted noted = (Noted) item;
                if (noted.name.equals("bad")) {
                    throw new IllegalStateException("bad item");
                }
                events.add(noted.name + " at " + nowNanos);
                count++;
            }
            return count;
        }

        @Override
        public long deadlineNanos() {
            return DutyCycle.NO_DEADLINE;
        }

        @Override
        public boolean hasWork() {
            return false;
        }

        @Override
        public void abandon(QuorateException reason) {
            events.add("abandoned");
        }
    }

    private DutyCycle cycle(NanoClock itsClock) {
        DutyCycle cycle = new DutyCycle("TEST", itsClock, halt);
        cycle.begin(new NotingDuty());
        return cycle;
    }

    @Test
    void whatArrivesAfterTheDrainIsJudgedByALaterTime() {
        DutyCycle[] holder = new DutyCycle[1];
        NanoClock sending = new NanoClock() {
            private long now = 100;

            @Override
            public long nanoTime() {
                holder[0].offer(new Noted("arrived before " + now));
                return now++;
            }

            @Override
            public long wallMillis() {
                return 0;
            }
        };
        holder[0] = cycle(sending);
        holder[0].doWork();
        assertThat(events).isEmpty();
        holder[0].doWork();
        assertThat(events).containsExactly("arrived before 100 at 101");
    }

    @Test
    void itemsAndLeftWorkRunInTheOrderTheyCame() {
        DutyCycle cycle = cycle(clock);
        cycle.offer(new Noted("a"));
        cycle.execute(() -> events.add("work, current " + cycle.isCurrent()));
        cycle.offer(new Noted("b"));
        assertThat(cycle.hasWork()).isTrue();
        assertThat(cycle.doWork()).isEqualTo(3);
        assertThat(events).containsExactly("a at 0", "work, current true", "b at 0");
        assertThat(cycle.isCurrent()).isFalse();
        assertThat(cycle.doWork()).isZero();
    }

    @Test
    void timersRunAtTheirTimeInOrderAndNotWhenCancelled() {
        DutyCycle cycle = cycle(clock);
        cycle.schedule(30, () -> events.add("30"));
        cycle.schedule(10, () -> events.add("10"));
        Cycle.Timer cancelled = cycle.schedule(20, () -> events.add("20"));
        cycle.schedule(10, () -> events.add("10 too"));
        cycle.doWork();
        assertThat(cycle.nextDeadlineNanos()).isEqualTo(10);
        cancelled.cancel();
        cancelled.cancel();
        clock.advanceNanos(10);
        cycle.doWork();
        assertThat(events).containsExactly("10", "10 too");
        assertThat(cycle.nextDeadlineNanos()).isEqualTo(30);
        clock.advanceNanos(20);
        cycle.doWork();
        assertThat(events).containsExactly("10", "10 too", "30");
        assertThat(cycle.nextDeadlineNanos()).isEqualTo(DutyCycle.NO_DEADLINE);
    }

    @Test
    void cancelledTimersAreForgottenBeforeTheirTime() {
        TimerQueue queue = new TimerQueue();
        for (int i = 0; i < 10_000; i++) {
            TimerQueue.Due due = queue.timer(1_000_000 + i, () -> {});
            queue.add(due);
            due.cancel();
            queue.nextDeadlineNanos();
        }
        assertThat(queue.size()).isLessThan(1000);
    }

    @Test
    void aFailureHaltsTheNodeAndDiscardsWhatIsLeftAndWhatComesLater() {
        DutyCycle cycle = cycle(clock);
        cycle.offer(new Noted("good"));
        cycle.offer(new Noted("bad"));
        cycle.offer(new Noted("behind"));
        cycle.doWork();
        assertThat(halts)
                .singleElement()
                .satisfies(cause -> assertThat(cause)
                        .hasMessageContaining("TEST")
                        .hasRootCauseInstanceOf(IllegalStateException.class));
        assertThat(cycle.hasWork()).isTrue();
        cycle.doWork();
        cycle.offer(new Noted("late"));
        cycle.doWork();
        assertThat(events)
                .containsExactly(
                        "good at 0",
                        "behind discarded: NodeHaltedException",
                        "abandoned",
                        "late discarded: NodeHaltedException");
        assertThat(cycle.hasWork()).isFalse();
        assertThat(halts).hasSize(1);
    }

    @Test
    void aClosedCycleDiscardsWhatIsLeftAndRefusesTheRest() {
        DutyCycle cycle = cycle(clock);
        cycle.offer(new Noted("left"));
        cycle.close(new NodeStoppedException("closed"));
        assertThat(cycle.offer(new Noted("late"))).isFalse();
        assertThat(events).containsExactly("left discarded: NodeStoppedException", "abandoned");
    }

    @Test
    void aThreadSleepsWhileThereIsNothingToDoAndLosesNoWakeUp() {
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        DutyCycle cycle = new DutyCycle("TEST", NanoClock.system(), halt);
        cycle.begin(new Duty() {
            @Override
            public int work(DutyCycle of, long nowNanos) {
                steps.incrementAndGet();
                int count = 0;
                while (of.nextItem() != null) {
                    count++;
                }
                taken.addAndGet(count);
                return count;
            }

            @Override
            public long deadlineNanos() {
                return DutyCycle.NO_DEADLINE;
            }

            @Override
            public boolean hasWork() {
                return false;
            }

            @Override
            public void abandon(QuorateException reason) {}
        });
        CycleRunner runner = new CycleRunner("cycle-test", cycle, NanoClock.system());
        runner.start();
        for (int round = 1; round <= 300; round++) {
            cycle.offer(new Noted("one"));
            int wanted = round;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofNanos(10_000))
                    .until(() -> taken.get() == wanted);
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(runner::isParked);
        int asleep = steps.get();
        Awaitility.await()
                .during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(20))
                .until(() -> steps.get() == asleep);
        runner.stop();
        runner.join();
    }
}
