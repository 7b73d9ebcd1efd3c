package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.spi.Bytes;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the space of what compaction has forgotten comes back. */
final class ReclaimTest {
    private static final int CHANGES = 20_000;

    @Test
    void aLargeCompactionIsFreedInBoundedParts() {
        Machine machine = new Machine();
        for (int i = 0; i < CHANGES; i++) {
            machine.apply(PutRequest.of(Bytes.utf8("k" + i % 10), Bytes.utf8("v")));
        }
        machine.endChunk();
        assertThat(machine.store.isReclaimable()).isFalse();
        machine.run(new CompactRequest(CHANGES + 1, false));
        int chunks = 1;
        while (machine.store.isReclaimable()) {
            machine.endChunk();
            chunks++;
        }
        assertThat(chunks).isBetween(CHANGES / 2_000, CHANGES / 500);
        assertThat(machine.store.range(RangeRequest.of(KeyRange.all())).count()).isEqualTo(10);
    }

    @Test
    void aBusyStoreFreesFasterThanItWrites() {
        Machine machine = new Machine();
        for (int i = 0; i < CHANGES; i++) {
            machine.apply(PutRequest.of(Bytes.utf8("k"), Bytes.utf8("v")));
        }
        machine.endChunk();
        machine.apply(new CompactRequest(CHANGES + 1, false));
        for (int i = 0; i < CHANGES / 10; i++) {
            machine.apply(PutRequest.of(Bytes.utf8("k"), Bytes.utf8("v")));
        }
        machine.endChunk();
        assertThat(machine.store.isReclaimable()).isFalse();
    }

    @Test
    void nothingThatCanStillBeReadIsFreed() {
        Machine machine = new Machine();
        machine.put("a", "1");
        machine.put("a", "2");
        machine.put("a", "3");
        machine.run(new CompactRequest(3, false));
        machine.endChunk();
        RangeRequest a = RangeRequest.of(Bytes.utf8("a"));
        assertThat(machine.store.range(a.atRevision(3)).first().orElseThrow().value())
                .isEqualTo(Bytes.utf8("2"));
        assertThat(machine.store.range(a).first().orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void oldValuesAndDeletedKeysLeaveTheHeap() {
        Machine machine = new Machine();
        List<WeakReference<Object>> forgotten = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            machine.put("changed" + i, "old");
            machine.put("deleted" + i, "old");
        }
        for (KvPair pair : machine.store.range(RangeRequest.of(KeyRange.all())).pairs()) {
            forgotten.add(new WeakReference<>(pair.value()));
            if (pair.key().startsWith(Bytes.utf8("deleted"))) {
                forgotten.add(new WeakReference<>(pair.key()));
            }
        }
        assertThat(forgotten).hasSize(300);
        for (int i = 0; i < 100; i++) {
            machine.put("changed" + i, "new");
            machine.delete("deleted" + i);
        }
        machine.run(new CompactRequest(machine.store.status().revision(), false));
        machine.endChunk();
        assertThat(machine.store.isReclaimable()).isFalse();
        machine.put("changed0", "newer");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            System.gc();
            assertThat(forgotten).allMatch(reference -> reference.get() == null);
        });
        assertThat(machine.store.range(RangeRequest.of(KeyRange.all())).count()).isEqualTo(100);
    }

    @Test
    void aFreedKeyMayComeBack() {
        Machine machine = new Machine();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 500; i++) {
                assertThat(machine.put("k" + i, "v" + round).prevPair()).isEmpty();
            }
            machine.delete(DeleteRangeRequest.of(KeyRange.prefix(Bytes.utf8("k"))));
            machine.run(new CompactRequest(machine.store.status().revision(), false));
            machine.endChunk();
            assertThat(machine.store.isReclaimable()).isFalse();
            assertThat(machine.store.status().keys()).isZero();
        }
        machine.put("k1", "again");
        assertThat(machine.store.range(RangeRequest.of(KeyRange.all())).pairs())
                .extracting(KvPair::version)
                .containsExactly(1L);
    }
}
