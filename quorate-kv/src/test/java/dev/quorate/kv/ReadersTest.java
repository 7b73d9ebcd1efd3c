package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * Real threads read while one writes, compacts and frees. Every command moves money between two accounts and rewrites
 * all keys of a group, or ends them; so any reading that mixes two states, or misses a version, shows.
 */
final class ReadersTest {
    private static final int COMMANDS = 15_000;
    private static final int ACCOUNTS = 400;
    private static final int GROUP = 8;
    private static final long DELETED = -1;
    private static final Bytes ACCOUNT = Bytes.utf8("account/");
    private static final KeyRange ALL_ACCOUNTS = KeyRange.prefix(ACCOUNT);
    private static final KeyRange ALL_OF_GROUP = KeyRange.prefix(Bytes.utf8("group/"));
    private static final long FIRST_REVISION = 2;

    /** For each revision: what the group holds at it. */
    private final AtomicLongArray group = new AtomicLongArray(COMMANDS + 10);

    private final Machine machine = new Machine();
    private final long[] balances = new long[ACCOUNTS];
    private volatile boolean written;

    @Test
    void readersSeeWholeTransactionsAndAllOfThem() throws Exception {
        openAccounts();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<Long>> readers = new ArrayList<>();
        for (long seed = 1; seed <= 3; seed++) {
            Reader reader = new Reader(new Random(seed));
            readers.add(threads.submit(reader::readUntilWritten));
        }
        try {
            write(new Random(4));
        } finally {
            written = true;
        }
        for (Future<Long> reader : readers) {
            assertThat(reader.get(2, TimeUnit.MINUTES)).isGreaterThan(10);
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(machine.store.isReclaimable()).isFalse();
    }

    private void openAccounts() {
        KvOp[] puts = new KvOp[ACCOUNTS / 4];
        for (int part = 0; part < 4; part++) {
            for (int i = 0; i < puts.length; i++) {
                puts[i] = PutRequest.of(account(part * puts.length + i), number(0));
            }
            group.set((int) FIRST_REVISION + part, DELETED);
            machine.apply(TxnRequest.of(puts));
        }
        machine.endChunk();
    }

    private void write(Random random) {
        long revision = machine.store.status().revision();
        long compacted = 0;
        for (int i = 0; i < COMMANDS; i++) {
            revision++;
            boolean deletes = random.nextInt(10) == 0 && group.get((int) revision - 1) != DELETED;
            group.set((int) revision, deletes ? DELETED : revision);
            assertThat(machine.apply(command(random, revision, deletes)).revision())
                    .isEqualTo(revision);
            if (random.nextInt(50) == 0) {
                long back = random.nextBoolean() ? 0 : random.nextInt(20);
                compacted = Math.max(compacted + 1, revision - back);
                machine.apply(new CompactRequest(compacted, false));
            }
            if (random.nextInt(3) == 0) {
                machine.endChunk();
            }
        }
        group.set((int) revision + 1, group.get((int) revision));
        machine.apply(PutRequest.of(Bytes.utf8("end"), Bytes.EMPTY));
        machine.apply(new CompactRequest(revision + 1, false));
        do {
            machine.endChunk();
        } while (machine.store.isReclaimable());
    }

    private TxnRequest command(Random random, long revision, boolean deletes) {
        List<KvOp> ops = new ArrayList<>();
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        long amount = random.nextInt(100);
        balances[from] -= amount;
        balances[to] += amount;
        ops.add(PutRequest.of(account(from), number(balances[from])));
        if (deletes) {
            ops.add(DeleteRangeRequest.of(ALL_OF_GROUP));
        } else {
            for (int i = 0; i < GROUP; i++) {
                ops.add(PutRequest.of(Bytes.utf8("group/" + i), number(revision)));
            }
        }
        ops.add(PutRequest.of(account(to), number(balances[to])));
        return new TxnRequest(List.of(), ops, List.of());
    }

    private static Bytes account(int i) {
        return Bytes.utf8("account/" + i);
    }

    private static Bytes number(long number) {
        return Bytes.utf8(Long.toString(number));
    }

    private static long number(Bytes value) {
        return Long.parseLong(value.toUtf8());
    }

    private final class Reader {
        private final Random random;
        private long lastRevision;

        Reader(Random random) {
            this.random = random;
        }

        long readUntilWritten() {
            long rounds = 0;
            while (!written) {
                seen(machine.store.range(RangeRequest.of(ALL_ACCOUNTS)));
                readPoints();
                readTwice();
                readBack();
                rounds++;
            }
            return rounds;
        }

        /** One reading of all accounts: none is missing, and no money. */
        private long seen(RangeResponse accounts) {
            assertThat(accounts.pairs()).hasSize(ACCOUNTS);
            assertThat(accounts.count()).isEqualTo(ACCOUNTS);
            assertThat(accounts.pairs().stream()
                            .mapToLong(pair -> number(pair.value()))
                            .sum())
                    .isZero();
            assertThat(accounts.revision()).isGreaterThanOrEqualTo(lastRevision);
            assertThat(accounts.pairs()).allMatch(pair -> pair.modRevision() <= accounts.revision());
            lastRevision = accounts.revision();
            return accounts.revision();
        }

        private void readPoints() {
            List<Bytes> keys = new ArrayList<>();
            for (int i = 0; i < GROUP; i++) {
                keys.add(Bytes.utf8("group/" + random.nextInt(GROUP)));
            }
            Optional<List<KeyValue>> found = machine.store.read(keys);
            found.ifPresent(pairs -> {
                assertThat(pairs).extracting(KeyValue::key).isEqualTo(keys);
                assertThat(pairs)
                        .extracting(KeyValue::value)
                        .containsOnly(pairs.get(0).value());
            });
        }

        private void readTwice() {
            TxnResponse both = machine.store.txn(TxnRequest.of(
                    RangeRequest.of(ALL_OF_GROUP), RangeRequest.of(ALL_ACCOUNTS), RangeRequest.of(ALL_OF_GROUP)));
            RangeResponse first = (RangeResponse) both.responses().get(0);
            long revision = seen((RangeResponse) both.responses().get(1));
            assertThat(both.responses().get(2)).isEqualTo(first);
            checkGroup(first, revision);
        }

        private void readBack() {
            long revision = Math.max(FIRST_REVISION, lastRevision - random.nextInt(40));
            try {
                checkGroup(machine.store.range(RangeRequest.of(ALL_OF_GROUP).atRevision(revision)), revision);
                RangeResponse accounts =
                        machine.store.range(RangeRequest.of(ALL_ACCOUNTS).atRevision(Math.max(5, revision)));
                assertThat(accounts.pairs().stream()
                                .mapToLong(pair -> number(pair.value()))
                                .sum())
                        .isZero();
            } catch (KvException e) {
                assertThat(e.kind()).isEqualTo(KvException.Kind.COMPACTED);
                assertThat(machine.store.status().compactedRevision()).isGreaterThan(revision);
            }
        }

        private void checkGroup(RangeResponse read, long revision) {
            long expected = group.get((int) revision);
            assertThat(read.count()).isEqualTo(read.pairs().size());
            if (expected == DELETED) {
                assertThat(read.pairs()).isEmpty();
            } else {
                assertThat(read.pairs()).hasSize(GROUP);
                assertThat(read.pairs()).allMatch(pair -> number(pair.value()) == expected);
                assertThat(read.pairs()).allMatch(pair -> pair.modRevision() == expected);
            }
        }
    }
}
