package dev.quorate.benchmarks.subjects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroupCommitTest {
    private static final int VALUE_BYTES = 32;
    private static final SubjectFactory FLOOR = GroupCommit.factory(VALUE_BYTES);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void everyFileHasWhatWasAcknowledgedAlsoWhenOpenedAgain() throws IOException {
        try (Subject floor = FLOOR.open(directory, 3)) {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int key = 0; key < 50; key++) {
                writes.add(floor.put(key(key), value(1, key)));
            }
            writes.forEach(CompletableFuture::join);
            floor.put(key(7), value(2, 7)).join();
            assertThat(floor.forces()).isGreaterThanOrEqualTo(2);
            assertHolds(floor);
        }
        try (Subject floor = FLOOR.open(directory, 3)) {
            assertHolds(floor);
        }
    }

    @Test
    void aDamagedRecordIsNotFound() throws IOException {
        try (Subject floor = FLOOR.open(directory, 1)) {
            floor.put(key(1), value(1, 1)).join();
        }
        try (FileChannel file = FileChannel.open(directory.resolve("file-0"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {99}), 40);
        }
        try (Subject floor = FLOOR.open(directory, 1)) {
            floor.settle();
            assertThat(floor.stored(0, key(1))).isEmpty();
        }
    }

    private static void assertHolds(Subject floor) {
        floor.settle();
        for (int replica = 0; replica < floor.replicas(); replica++) {
            for (int key = 0; key < 50; key++) {
                assertThat(floor.stored(replica, key(key))).contains(value(key == 7 ? 2 : 1, key));
            }
            assertThat(floor.stored(replica, key(50))).isEmpty();
        }
    }

    private static Bytes key(int number) {
        return Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
    }

    private static Bytes value(int sequence, int key) {
        return Bytes.copyOf(ByteBuffer.allocate(VALUE_BYTES)
                .putLong(0, Long.reverseBytes(sequence))
                .putInt(12, key));
    }
}
