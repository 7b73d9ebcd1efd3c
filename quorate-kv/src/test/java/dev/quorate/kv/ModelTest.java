package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random requests to the store and to its model, with the same answers; the seed of a failure is in its message. */
final class ModelTest {
    private static final int SEQUENCES = 50;
    private static final int STEPS = 250;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theStoreAnswersAsTheModel(long base) throws IOException {
        Map<List<Object>, Bytes> digests = new HashMap<>();
        Map<Bytes, List<Object>> contents = new HashMap<>();
        for (int i = 0; i < SEQUENCES; i++) {
            long seed = base * 1_000_003 + i;
            new Sequence(seed, digests, contents).run();
        }
    }

    private static final class Sequence {
        private final long seed;
        private final Random random;
        private final RandomRequests requests;
        private final Map<List<Object>, Bytes> digests;
        private final Map<Bytes, List<Object>> contents;
        private final StoreModel model = new StoreModel();
        private Machine machine = new Machine();
        private Machine lazy = new Machine();
        private int step;

        Sequence(long seed, Map<List<Object>, Bytes> digests, Map<Bytes, List<Object>> contents) {
            this.seed = seed;
            this.random = new Random(seed);
            this.requests = new RandomRequests(random, 4 + random.nextInt(40));
            this.digests = digests;
            this.contents = contents;
        }

        void run() throws IOException {
            for (step = 0; step < STEPS; step++) {
                write();
                if (random.nextInt(4) == 0) {
                    machine.endChunk();
                    compareReads();
                }
                if (random.nextInt(40) == 0) {
                    restart();
                }
                compareDigests();
            }
            lazy.publish();
            assertThat(lazy.snapshot()).as("snapshot, seed %s", seed).isEqualTo(machine.snapshot());
        }

        private void write() {
            KvRequest request = requests.write(model.revision());
            Object expected = outcome(() -> model.apply(request));
            assertThat(outcome(() -> machine.apply(request)))
                    .as("seed %s, step %s, %s", seed, step, request)
                    .isEqualTo(expected);
            assertThat(outcome(() -> lazy.apply(request))).isEqualTo(expected);
        }

        private void compareReads() {
            for (int i = 0; i < 6; i++) {
                RangeRequest request = requests.read(model.revision());
                assertThat(outcome(() -> machine.store.range(request)))
                        .as("seed %s, step %s, %s", seed, step, request)
                        .isEqualTo(outcome(() -> model.apply(request)));
            }
            TxnRequest txn = TxnRequest.when(requests.compare(model.revision()))
                    .then(requests.read(model.revision()), requests.read(model.revision()))
                    .otherwise(TxnRequest.of(requests.read(model.revision())));
            assertThat(outcome(() -> machine.store.txn(txn)))
                    .as("seed %s, step %s, %s", seed, step, txn)
                    .isEqualTo(outcome(() -> model.apply(txn)));
            assertThat(machine.store.status().keys())
                    .isEqualTo(model.at(model.revision()).size());
        }

        /** The machine goes on from a snapshot of itself or of the other one, which never freed anything by then. */
        private void restart() throws IOException {
            byte[] snapshot = random.nextBoolean() ? machine.snapshot() : lazy.snapshot();
            machine = machine.restored(snapshot);
            if (random.nextInt(3) == 0) {
                lazy.endChunk();
            }
        }

        private void compareDigests() {
            Bytes digest = machine.digest();
            assertThat(lazy.digest()).as("seed %s, step %s", seed, step).isEqualTo(digest);
            List<Object> content = model.content();
            assertThat(digests.computeIfAbsent(content, any -> digest))
                    .as("digest of the same content, seed %s, step %s", seed, step)
                    .isEqualTo(digest);
            assertThat(contents.computeIfAbsent(digest, any -> content))
                    .as("content of the same digest, seed %s, step %s", seed, step)
                    .isEqualTo(content);
        }

        private static Object outcome(Supplier<KvResponse> call) {
            try {
                return call.get();
            } catch (KvException e) {
                return e.kind();
            }
        }
    }
}
