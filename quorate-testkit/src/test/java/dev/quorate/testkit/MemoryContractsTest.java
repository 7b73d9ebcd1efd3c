package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.Storage;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contracts on the implementations in memory, and what these add to them. */
class MemoryContractsTest {
    @Nested
    class Log extends RaftLogContract {
        private MemoryRaftLog memory = new MemoryRaftLog();

        @Override
        protected RaftLog open() {
            memory = memory.reopen();
            return memory;
        }

        @Test
        void crashLosesWhatWasNotSynced() throws IOException {
            append(1, 1, 2);
            log().sync();
            append(1, 3, 4);
            memory.crash();
            reopen();
            assertThat(log().last()).isEqualTo(new LogId(1, 2));
        }

        @Test
        void crashLeavesAPrefixOfWhatWasNotSynced() throws IOException {
            TreeSet<Long> seen = new TreeSet<>();
            for (int seed = 0; seed < 50; seed++) {
                memory = new MemoryRaftLog();
                reopen();
                append(1, 1, 2);
                log().sync();
                append(1, 3, 4);
                memory.crash(new SplittableRandom(seed));
                reopen();
                assertThat(all()).hasSize((int) log().last().index());
                seen.add(log().last().index());
            }
            assertThat(seen).containsExactly(2L, 3L, 4L);
        }

        @Test
        void failedSyncIsNeverRetried() throws IOException {
            append(1, 1, 2);
            memory.failNextSync();
            assertThatThrownBy(() -> log().sync()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> log().sync()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> append(1, 3, 4)).isInstanceOf(IOException.class);
            assertThat(memory.syncs()).isZero();
        }

        @Test
        void fullLogTakesEntriesAgainWhenThereIsSpace() throws IOException {
            memory.full(true);
            assertThatThrownBy(() -> append(1, 1, 2)).isInstanceOf(StorageFullException.class);
            memory.full(false);
            append(1, 1, 2);
            log().sync();
            assertThat(all()).hasSize(2);
        }
    }

    @Nested
    class Snapshots extends SnapshotStoreContract {
        private MemorySnapshotStore memory = new MemorySnapshotStore();

        @Override
        protected SnapshotStore open() {
            memory = memory.reopen();
            return memory;
        }

        @Test
        void damagedSnapshotIsNotOffered() throws IOException {
            SnapshotMetadata older = write(3, content(10));
            SnapshotMetadata newer = write(5, content(10));
            memory.damage(newer);
            assertThat(store().latest()).contains(older);
            assertThatThrownBy(() -> store().open(newer)).isInstanceOf(CorruptSnapshotException.class);
        }
    }

    @Nested
    class Place extends StorageContract {
        private final MemoryStorage memory = new MemoryStorage();

        @Override
        protected Storage storage() {
            return memory;
        }

        @Test
        void crashFreesThePlaceAndLosesWhatWasNotSynced() throws IOException {
            OpenStorage first = memory.open(IDENTITY, BOOTSTRAP);
            first.log().append(List.of(RaftLogContract.entry(1, 1)));
            first.log().sync();
            first.log().append(List.of(RaftLogContract.entry(1, 2)));
            memory.crash();
            assertThatThrownBy(() -> first.log().sync()).isInstanceOf(IOException.class);
            try (OpenStorage second = memory.open(IDENTITY, BOOTSTRAP)) {
                first.close();
                assertThat(second.log().last()).isEqualTo(new LogId(1, 1));
                second.snapshots()
                        .begin(new LogId(1, 1), 0, BOOTSTRAP, Bytes.EMPTY, 10)
                        .close();
            }
        }
    }
}
