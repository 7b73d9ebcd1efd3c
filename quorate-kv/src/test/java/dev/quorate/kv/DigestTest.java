package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DigestTest {
    private static final KvPair PAIR = new KvPair(Bytes.utf8("key"), 3, 7, 2, Bytes.utf8("value"), 5);

    @Test
    void everyFieldOfAPairCounts() {
        List<KvPair> pairs = List.of(
                PAIR,
                new KvPair(Bytes.utf8("kez"), 3, 7, 2, Bytes.utf8("value"), 5),
                new KvPair(Bytes.utf8("keyv"), 3, 7, 2, Bytes.utf8("alue"), 5),
                new KvPair(Bytes.utf8("key"), 4, 7, 2, Bytes.utf8("value"), 5),
                new KvPair(Bytes.utf8("key"), 3, 8, 2, Bytes.utf8("value"), 5),
                new KvPair(Bytes.utf8("key"), 3, 7, 3, Bytes.utf8("value"), 5),
                new KvPair(Bytes.utf8("key"), 3, 7, 2, Bytes.utf8("valuf"), 5),
                new KvPair(Bytes.utf8("key"), 3, 7, 2, Bytes.utf8("value\0"), 5),
                new KvPair(Bytes.utf8("key"), 3, 7, 2, Bytes.EMPTY, 5),
                new KvPair(Bytes.utf8("key"), 3, 7, 2, Bytes.utf8("value"), 6));
        Set<Bytes> digests = new HashSet<>();
        for (KvPair pair : pairs) {
            ContentDigest digest = new ContentDigest();
            digest.put(pair, null);
            digests.add(digest.value(9, 0, 0));
        }
        ContentDigest deleted = new ContentDigest();
        deleted.put(PAIR, null);
        deleted.delete(PAIR, 9);
        digests.add(deleted.value(9, 0, 0));
        assertThat(digests).hasSize(pairs.size() + 1);
    }

    @Test
    void everyNumberOfTheStoreCounts() {
        ContentDigest digest = new ContentDigest();
        assertThat(Set.of(digest.value(9, 4, 2), digest.value(8, 4, 2), digest.value(9, 5, 2), digest.value(9, 4, 3)))
                .hasSize(4);
    }

    @Test
    void flippingAnyBitOfALongValueIsSeen() {
        byte[] value = new byte[100];
        new Random(1).nextBytes(value);
        Set<Bytes> digests = new HashSet<>();
        for (int bit = 0; bit < value.length * Byte.SIZE; bit++) {
            byte[] other = value.clone();
            other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            ContentDigest digest = new ContentDigest();
            digest.put(new KvPair(Bytes.utf8("key"), 2, 2, 1, Bytes.wrap(other), 0), null);
            assertThat(digest.low()).isNotZero();
            digests.add(digest.value(2, 0, 0));
        }
        assertThat(digests).hasSize(value.length * Byte.SIZE);
    }

    @Test
    void oldVersionsCountUntilTheyAreCompacted() {
        Machine machine = new Machine();
        Machine other = new Machine();
        machine.put("a", "old");
        other.put("a", "OLD");
        machine.put("a", "new");
        other.put("a", "new");
        assertThat(machine.digest()).isNotEqualTo(other.digest());
        machine.run(new CompactRequest(3, false));
        other.run(new CompactRequest(3, false));
        assertThat(machine.digest()).isEqualTo(other.digest());
    }

    @Test
    void freeingDoesNotCount() {
        Machine prompt = new Machine();
        Machine late = new Machine();
        for (Machine machine : List.of(prompt, late)) {
            for (int i = 0; i < 5_000; i++) {
                machine.apply(PutRequest.of(Bytes.utf8("k" + i % 50), Bytes.utf8("v" + i)));
            }
            machine.apply(DeleteRangeRequest.of(KeyRange.prefix(Bytes.utf8("k1"))));
            machine.endChunk();
            machine.apply(new CompactRequest(5_002, false));
        }
        while (prompt.store.isReclaimable() || prompt.store.status().compactedRevision() == 0) {
            prompt.endChunk();
        }
        late.publish();
        assertThat(late.store.isReclaimable()).isTrue();
        assertThat(prompt.digest()).isEqualTo(late.digest());
        assertThat(prompt.snapshot()).isEqualTo(late.snapshot());
    }

    @Test
    void aRefusedCommandMovesOnlyTheTime() {
        Machine machine = new Machine();
        machine.put("a", "b");
        Bytes before = machine.digest();
        machine.apply(CommandCodec.encode(new CompactRequest(99, false)));
        assertThat(machine.digest()).isEqualTo(before);
        machine.timeMillis(2_000);
        machine.apply(CommandCodec.encode(new CompactRequest(99, false)));
        assertThat(machine.digest()).isNotEqualTo(before);
        machine.endChunk();
        assertThat(machine.store.status().clusterTimeMillis()).isEqualTo(2_000);
    }

    @Test
    void theTimeNeverGoesBack() {
        Machine machine = new Machine();
        machine.timeMillis(2_000);
        machine.put("a", "b");
        machine.timeMillis(1_000);
        machine.put("a", "c");
        assertThat(machine.store.status().clusterTimeMillis()).isEqualTo(2_000);
    }

    @Test
    void compactionsAtAnyMomentLeadToOneDigest() throws IOException {
        Random random = new Random(7);
        Machine at = new Machine();
        List<Long> revisions = new ArrayList<>(List.of(2_500L));
        for (int i = 0; i < 20; i++) {
            revisions.add(1L + random.nextInt(2_400));
        }
        List<Machine> machines = new ArrayList<>();
        for (Long first : revisions) {
            Machine machine = new Machine();
            for (int i = 0; i < 3_000; i++) {
                machine.apply(PutRequest.of(Bytes.utf8("k" + i * 7 % 100), Bytes.utf8("v" + i)));
                if (machine.store.digest().isPresent() && i == first + 200) {
                    machine.apply(new CompactRequest(first, false));
                    machine.endChunk();
                    machine = machine.restored(machine.snapshot());
                }
            }
            if (first < 2_500) {
                machine.apply(new CompactRequest(2_500, false));
            }
            machines.add(machine);
        }
        assertThat(machines)
                .extracting(Machine::digest)
                .containsOnly(machines.get(0).digest());
        assertThat(at.digest()).isNotEqualTo(machines.get(0).digest());
    }
}
