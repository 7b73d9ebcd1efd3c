package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.spi.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SnapshotFuzzTest {
    /** What is restored is written again, byte for byte; everything else is an IOException. */
    @FuzzTest
    void anyBytesAreASnapshotOrRefused(byte[] bytes) throws IOException {
        MemoryTable table = new MemoryTable();
        StoreReader reader = new StoreReader(new ByteArrayInputStream(bytes), table);
        try {
            reader.read();
        } catch (IOException refused) {
            return;
        }
        assertThat(written(table, reader.revision(), reader.timeMillis(), reader.digest()))
                .isEqualTo(bytes);
    }

    @Test
    void almostRightSnapshotsToo() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (int compacted : new int[] {0, 3, 6}) {
            seeds.add(sample(compacted));
        }
        Mutations.forEach(seeds, 30_000, this::anyBytesAreASnapshotOrRefused);
    }

    private static byte[] sample(int compacted) throws IOException {
        MemoryTable table = new MemoryTable();
        ContentDigest digest = new ContentDigest();
        for (int revision = 2; revision <= 6; revision++) {
            Bytes key = Bytes.utf8("k" + revision % 3);
            KvPair old = table.newest(key);
            if (old != null && revision == 5) {
                table.delete(key, revision);
                digest.delete(old, revision);
            } else {
                long create = old == null ? revision : old.createRevision();
                long version = old == null ? 1 : old.version() + 1;
                KvPair pair = new KvPair(key, create, revision, version, Bytes.utf8("v" + revision), revision * 100L);
                table.put(pair);
                digest.put(pair, old);
            }
        }
        if (compacted > 0) {
            table.compact(compacted);
        }
        table.publish(6);
        return written(table, 6, 1_000, digest);
    }

    private static byte[] written(MemoryTable table, long revision, long timeMillis, ContentDigest digest)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrozenStore frozen = new FrozenStore(table.freeze(revision), timeMillis, digest)) {
            while (frozen.write(out)) {
                assertThat(out.size()).isLessThan(1 << 24);
            }
        }
        return out.toByteArray();
    }
}
