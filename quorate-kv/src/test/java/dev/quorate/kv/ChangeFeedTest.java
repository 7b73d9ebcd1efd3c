package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ChangeFeedTest {
    private final List<Object> events = new ArrayList<>();
    private @Nullable Machine machine;

    private Machine machine() {
        Machine made = new Machine(new ChangeFeed() {
            @Override
            public void changed(Change change) {
                events.add(change);
                visible(change);
            }

            @Override
            public void restored(long revision) {
                events.add("restored " + revision);
            }
        });
        machine = made;
        return made;
    }

    private void visible(Change change) {
        if (machine != null) {
            assertThat(machine.store.status().revision()).isGreaterThanOrEqualTo(change.revision());
        }
    }

    @Test
    void everyChangeComesOnceInOrderAfterItIsVisible() {
        Machine store = machine();
        KvPair first = new KvPair(Bytes.utf8("a"), 2, 2, 1, Bytes.utf8("1"), 0);
        KvPair second = new KvPair(Bytes.utf8("a"), 2, 3, 2, Bytes.utf8("2"), 0);
        KvPair third = new KvPair(Bytes.utf8("b"), 3, 3, 1, Bytes.utf8("3"), 0);
        store.apply(PutRequest.of(first.key(), first.value()));
        store.apply(
                TxnRequest.of(PutRequest.of(second.key(), second.value()), PutRequest.of(third.key(), third.value())));
        assertThat(events).isEmpty();
        store.endChunk();
        store.endChunk();
        store.apply(DeleteRangeRequest.of(KeyRange.all()));
        store.endChunk();
        assertThat(events)
                .containsExactly(
                        new Change(2, first.key(), first, null),
                        new Change(3, second.key(), second, first),
                        new Change(3, third.key(), third, null),
                        new Change(4, second.key(), null, second),
                        new Change(4, third.key(), null, third));
    }

    @Test
    void changesThatAreCompactedInTheSameChunkComeAllTheSame() {
        Machine store = machine();
        for (int i = 0; i < 3_000; i++) {
            store.apply(PutRequest.of(Bytes.utf8("k"), Bytes.utf8("v" + i)));
        }
        store.apply(new CompactRequest(3_001, false));
        store.endChunk();
        assertThat(events).hasSize(3_000);
        store.put("k", "last");
        assertThat(events).hasSize(3_001);
    }

    @Test
    void aRestoreIsSaidAndItsChangesDoNotComeAgain() throws IOException {
        Machine source = new Machine();
        source.put("a", "1");
        source.put("a", "2");
        Machine store = machine();
        store.store.restore(new ByteArrayInputStream(source.snapshot()), new LogId(1, 2));
        store.endChunk();
        assertThat(events).containsExactly("restored 3");
    }
}
