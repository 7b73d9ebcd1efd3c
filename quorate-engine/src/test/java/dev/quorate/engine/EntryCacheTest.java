package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EntryCacheTest {
    private static Entry entry(long term, long index, int bytes) {
        return new Entry(new LogId(term, index), EntryKind.COMMAND, Bytes.wrap(new byte[bytes]), 0);
    }

    @Test
    void whatIsNotDurableStaysWhateverTheLimits() {
        EntryCache cache = new EntryCache(4, 100, 0);
        for (int i = 1; i <= 1000; i++) {
            cache.append(entry(1, i, 50));
        }
        assertThat(cache.range(1, 1000, 1000, Long.MAX_VALUE)).hasSize(1000);
        cache.persistedTo(1000);
        for (int i = 1001; i <= 1010; i++) {
            cache.append(entry(1, i, 10));
            cache.persistedTo(i);
        }
        assertThat(cache.range(1, 1010, 2000, Long.MAX_VALUE)).isEmpty();
        assertThat(cache.range(1010, 1010, 10, Long.MAX_VALUE)).hasSize(1);
    }

    @Test
    void aRangeIsBoundedByCountAndBytesButItsFirstEntryMayBeLarge() {
        EntryCache cache = new EntryCache(100, 1 << 20, 10);
        for (int i = 11; i <= 20; i++) {
            cache.append(entry(1, i, 100));
        }
        assertThat(cache.range(11, 20, 3, Long.MAX_VALUE)).hasSize(3);
        assertThat(cache.range(11, 20, 10, 250)).hasSize(2);
        assertThat(cache.range(11, 20, 10, 1)).hasSize(1);
        assertThat(cache.range(10, 20, 10, 1000)).isEmpty();
        assertThat(cache.range(21, 30, 10, 1000)).isEmpty();
        assertThat(cache.range(19, 30, 10, 1000)).hasSize(2);
    }

    @Test
    void aRandomLifeAgreesWithASimpleModel() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            EntryCache cache = new EntryCache(8 << random.nextInt(4), 1000, 0);
            TreeMap<Long, Entry> model = new TreeMap<>();
            long last = 0;
            long persisted = 0;
            long term = 1;
            for (int step = 0; step < 400; step++) {
                switch (random.nextInt(8)) {
                    case 0 -> persisted = Math.min(last, persisted + random.nextInt(10));
                    case 1 -> {
                        long from = Math.max(persisted - random.nextInt(3), 0) + 1 + random.nextInt(3);
                        if (from <= last) {
                            cache.truncateFrom(from);
                            model.tailMap(from, true).clear();
                            last = from - 1;
                            persisted = Math.min(persisted, last);
                            term++;
                        }
                    }
                    case 2 -> {
                        if (random.nextInt(20) == 0) {
                            last += random.nextInt(5);
                            persisted = last;
                            cache.resetTo(last);
                            model.clear();
                        }
                    }
                    default -> {
                        last++;
                        Entry next = entry(term, last, random.nextInt(200));
                        model.put(last, next);
                        cache.append(next);
                    }
                }
                cache.persistedTo(persisted);
                check(seed, cache, model, persisted, last);
            }
        }
    }

    private static void check(long seed, EntryCache cache, Map<Long, Entry> model, long persisted, long last) {
        assertThat(cache.last()).as("seed " + seed).isEqualTo(last);
        for (long index = Math.max(1, last - 40); index <= last + 1; index++) {
            List<Entry> found = cache.range(index, last + 5, 1000, Long.MAX_VALUE);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).as("seed " + seed).isSameAs(model.get(index + i));
            }
            if (index > persisted && index <= last) {
                assertThat(found).as("seed " + seed + " index " + index).hasSize((int) (last - index + 1));
            }
        }
    }

    @Test
    void aReaderBesideTheWriterSeesAnEntryOfItsIndexOrNone() throws InterruptedException {
        EntryCache cache = new EntryCache(64, 1 << 20, 0);
        AtomicReference<@Nullable String> wrong = new AtomicReference<>();
        AtomicLong written = new AtomicLong();
        Thread reader = new Thread(() -> {
            for (long last = 0; last < 200_000; last = written.get()) {
                long from = Math.max(1, last - 30);
                List<Entry> found = cache.range(from, last, 100, Long.MAX_VALUE);
                for (int i = 0; i < found.size(); i++) {
                    if (found.get(i).index() != from + i) {
                        wrong.set("asked for " + (from + i) + ", got "
                                + found.get(i).id());
                    }
                }
            }
        });
        reader.start();
        for (long index = 1; index <= 200_000; index++) {
            cache.append(entry(1, index, 8));
            cache.persistedTo(index);
            written.set(index);
        }
        reader.join();
        assertThat(wrong).hasValue(null);
    }
}
