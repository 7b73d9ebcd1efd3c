package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private static final int PRODUCERS = 4;
    private static final int ITEMS = 50_000;

    private static final class Numbered extends Inbox.Item {
        private final int producer;
        private final int number;

        private Numbered(int producer, int number) {
            this.producer = producer;
            this.number = number;
        }
    }

    private static List<Numbered> list(Inbox.@Nullable Item first) {
        List<Numbered> all = new ArrayList<>();
        Inbox.Item item = first;
        while (item != null) {
            Inbox.Item next = Inbox.following(item);
            all.add((Numbered) item);
            item = next;
        }
        return all;
    }

    @Test
    void aDrainTakesEverythingInTheOrderOfArrivalAndLeavesNothing() {
        Inbox inbox = new Inbox();
        for (int i = 0; i < 5; i++) {
            assertThat(inbox.offer(new Numbered(0, i))).isTrue();
        }
        assertThat(inbox.isEmpty()).isFalse();
        assertThat(list(inbox.drain())).extracting(item -> item.number).containsExactly(0, 1, 2, 3, 4);
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.drain()).isNull();
    }

    @Test
    void aClosedInboxRefusesAndItsLastDrainHasTheRest() {
        Inbox inbox = new Inbox();
        inbox.offer(new Numbered(0, 1));
        assertThat(list(inbox.drainAndClose())).hasSize(1);
        assertThat(inbox.offer(new Numbered(0, 2))).isFalse();
        assertThat(inbox.drain()).isNull();
        assertThat(inbox.drainAndClose()).isNull();
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test
    void nothingIsLostOrSwappedBetweenManyProducersAndOneConsumer() throws InterruptedException {
        Inbox inbox = new Inbox();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> producers = new ArrayList<>();
        for (int p = 0; p < PRODUCERS; p++) {
            int producer = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < ITEMS; i++) {
                    if (!inbox.offer(new Numbered(producer, i))) {
                        refused.incrementAndGet();
                    }
                }
            });
            producers.add(thread);
            thread.start();
        }
        int[] next = new int[PRODUCERS];
        int taken = 0;
        while (taken < PRODUCERS * ITEMS) {
            for (Numbered item : list(inbox.drain())) {
                assertThat(item.number).isEqualTo(next[item.producer]++);
                taken++;
            }
        }
        for (Thread producer : producers) {
            producer.join();
        }
        assertThat(refused).hasValue(0);
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test
    void everyItemIsEitherTakenOrRefusedWhenTheInboxClosesInTheMiddle() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            Inbox inbox = new Inbox();
            AtomicInteger accepted = new AtomicInteger();
            Thread producer = new Thread(() -> {
                int count = 0;
                while (count < 1000 && inbox.offer(new Numbered(0, count))) {
                    count++;
                }
                accepted.set(count);
            });
            producer.start();
            int taken = list(inbox.drain()).size();
            taken += list(inbox.drainAndClose()).size();
            producer.join();
            assertThat(taken).isEqualTo(accepted.get());
        }
    }

    @Test
    void admissionCountsRequestsAndBytesAndGivesRoomBack() {
        Admission admission = new Admission(3, 100);
        assertThat(admission.enter(40)).isTrue();
        assertThat(admission.enter(40)).isTrue();
        assertThat(admission.enter(40)).as("bytes").isFalse();
        assertThat(admission.enter(20)).isTrue();
        assertThat(admission.enter(0)).as("count").isFalse();
        admission.enterAnyway(1000);
        assertThat(admission.count()).isEqualTo(4);
        admission.leave(4, 1100);
        assertThat(admission.count()).isZero();
        assertThat(admission.enter(100)).isTrue();
    }
}
