package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.FrozenState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SnapshotTest {
    private static final LogId AT = new LogId(1, 1);

    /** A store with history, deletions, a compaction in the middle of it, and values that make several parts. */
    private static Machine filled(int commands, int valueBytes) {
        Machine machine = new Machine();
        Random random = new Random(commands);
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < commands; i++) {
            random.nextBytes(value);
            Bytes key = Bytes.utf8("key" + random.nextInt(commands / 3 + 1));
            machine.apply(
                    random.nextInt(5) == 0 ? DeleteRangeRequest.of(key) : PutRequest.of(key, Bytes.copyOf(value)));
            if (i == commands / 2) {
                machine.endChunk();
                machine.apply(new CompactRequest(machine.store.status().revision() * 3 / 4, false));
            }
        }
        machine.endChunk();
        return machine;
    }

    private static void restore(Machine machine, byte[] snapshot) throws IOException {
        machine.store.restore(new ByteArrayInputStream(snapshot), AT);
    }

    @Test
    void aRestoredStoreCannotBeToldFromTheOneThatWasFrozen() throws IOException {
        Machine machine = filled(3_000, 20);
        Machine restored = machine.restored(machine.snapshot());
        assertThat(restored.digest()).isEqualTo(machine.digest());
        assertThat(restored.store.status()).isEqualTo(machine.store.status());
        assertThat(restored.snapshot()).isEqualTo(machine.snapshot());
        for (long revision = machine.store.status().compactedRevision();
                revision <= machine.store.status().revision();
                revision += 50) {
            RangeRequest all = RangeRequest.of(KeyRange.all()).atRevision(revision);
            assertThat(restored.store.range(all)).isEqualTo(machine.store.range(all));
        }
        assertThat(restored.put("key1", "next")).isEqualTo(machine.put("key1", "next"));
        long revision = machine.store.status().revision();
        for (Machine each : List.of(machine, restored)) {
            each.run(new CompactRequest(revision, false));
            while (each.store.isReclaimable()) {
                each.endChunk();
            }
        }
        assertThat(restored.digest()).isEqualTo(machine.digest());
        assertThat(restored.snapshot()).isEqualTo(machine.snapshot());
    }

    @Test
    void anEmptyStoreIsASnapshotToo() throws IOException {
        Machine machine = new Machine();
        Machine restored = filled(100, 5);
        restore(restored, machine.snapshot());
        assertThat(restored.digest()).isEqualTo(machine.digest());
        assertThat(restored.store.status().keys()).isZero();
        assertThat(restored.put("a", "b").revision()).isEqualTo(2);
    }

    @Test
    void leasesAreKept() throws IOException {
        KvTable table = KvTable.inMemory();
        ContentDigest digest = new ContentDigest();
        KvPair old = new KvPair(Bytes.utf8("a"), 2, 2, 1, Bytes.utf8("1"), -5);
        KvPair kept = new KvPair(Bytes.utf8("b"), 3, 3, 1, Bytes.utf8("2"), Long.MAX_VALUE);
        KvPair later = new KvPair(Bytes.utf8("a"), 2, 4, 2, Bytes.utf8("3"), 77);
        table.put(old);
        table.put(kept);
        digest.put(old, null);
        digest.put(kept, null);
        table.compact(3);
        digest.compact(3);
        table.put(later);
        digest.put(later, old);
        byte[] snapshot = Machine.written(new FrozenStore(table.freeze(4), 9, digest));
        Machine machine = new Machine();
        restore(machine, snapshot);
        RangeRequest all = RangeRequest.of(KeyRange.all());
        assertThat(machine.store.range(all).pairs()).containsExactly(later, kept);
        assertThat(machine.store.range(all.atRevision(3)).pairs()).containsExactly(old, kept);
        assertThat(machine.digest()).isEqualTo(digest.value(4, 3, 9));
    }

    @Test
    void partsAreBoundedAndTheStateMayChangeBetweenThem() throws IOException {
        Machine machine = filled(4_000, 3_000);
        byte[] expected = filled(4_000, 3_000).snapshot();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int parts = 0;
        int last = 0;
        try (FrozenState frozen = machine.store.freeze()) {
            boolean more = true;
            while (more) {
                more = frozen.write(out);
                parts++;
                assertThat(out.size() - last).isLessThan(2 << 20);
                last = out.size();
                change(machine, parts);
            }
        }
        assertThat(parts).isGreaterThan(5);
        assertThat(out.toByteArray()).isEqualTo(expected);
    }

    private static void change(Machine machine, int round) {
        for (int i = 0; i < 300; i++) {
            machine.apply(PutRequest.of(Bytes.utf8("key" + i * 7), Bytes.utf8("later " + round)));
        }
        machine.apply(DeleteRangeRequest.of(KeyRange.prefix(Bytes.utf8("key" + round))));
        machine.endChunk();
        machine.run(new CompactRequest(machine.store.status().revision(), false));
    }

    @Test
    void anotherThreadWritesWhileAppliesGoOn() throws Exception {
        byte[] expected = filled(20_000, 200).snapshot();
        Machine machine = filled(20_000, 200);
        FrozenState frozen = machine.store.freeze();
        CompletableFuture<byte[]> written = CompletableFuture.supplyAsync(() -> {
            try (frozen) {
                return Machine.written(frozen);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        int round = 0;
        do {
            change(machine, round++ % 10);
        } while (!written.isDone());
        assertThat(written.get(1, TimeUnit.MINUTES)).isEqualTo(expected);
    }

    @Test
    void whatAFrozenStateNeedsIsFreedWhenItIsClosed() throws IOException {
        Machine machine = new Machine();
        machine.put("a", "1");
        machine.put("a", "2");
        FrozenState frozen = machine.store.freeze();
        machine.run(new CompactRequest(3, false));
        machine.endChunk();
        assertThat(machine.store.isReclaimable()).isFalse();
        frozen.close();
        assertThat(machine.store.isReclaimable()).isTrue();
        machine.endChunk();
        assertThat(machine.store.isReclaimable()).isFalse();
    }

    @Test
    void aSnapshotCutAnywhereIsRefusedAndChangesNothing() {
        byte[] snapshot = filled(60, 4).snapshot();
        Machine machine = filled(40, 4);
        Bytes before = machine.digest();
        for (int length = 0; length < snapshot.length; length++) {
            byte[] cut = Arrays.copyOf(snapshot, length);
            assertThatThrownBy(() -> restore(machine, cut)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> restore(machine, Arrays.copyOf(snapshot, snapshot.length + 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("behind the end");
        assertThat(machine.digest()).isEqualTo(before);
        assertThat(machine.put("x", "y").prevPair()).isEmpty();
    }

    @Test
    void aSnapshotWithAnyBitFlippedIsRefusedOrHasAnotherDigest() {
        Machine source = filled(60, 4);
        byte[] snapshot = source.snapshot();
        int refused = 0;
        for (int bit = 0; bit < snapshot.length * Byte.SIZE; bit++) {
            byte[] flipped = snapshot.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Machine machine = new Machine();
            try {
                restore(machine, flipped);
                assertThat(machine.digest()).as("bit %s", bit).isNotEqualTo(source.digest());
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan((snapshot.length - 32) * Byte.SIZE);
    }

    @Test
    void noiseIsRefused() {
        Random random = new Random(3);
        byte[] snapshot = filled(30, 4).snapshot();
        for (int i = 0; i < 5_000; i++) {
            byte[] noisy = snapshot.clone();
            for (int j = 48 + random.nextInt(snapshot.length - 48); j < noisy.length; j++) {
                noisy[j] = (byte) random.nextInt();
            }
            if (!Arrays.equals(noisy, snapshot)) {
                assertThatThrownBy(() -> restore(new Machine(), noisy)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aHostileLengthIsRefusedBeforeAnythingIsAllocated() {
        byte[] snapshot = Arrays.copyOf(new Machine().snapshot(), 48 + 1 + 10);
        snapshot[48] = FrozenStore.PAIR;
        Arrays.fill(snapshot, 49, 57, (byte) 0xff);
        snapshot[57] = 0x7f;
        assertThatThrownBy(() -> restore(new Machine(), snapshot))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("impossible length");
    }

    @Test
    void foreignContentAndOtherFormatsAreNamed() {
        assertThatThrownBy(() -> restore(new Machine(), new byte[100]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no snapshot of the store");
        byte[] newer = new Machine().snapshot();
        newer[7] = 2;
        assertThatThrownBy(() -> restore(new Machine(), newer))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2");
    }
}
