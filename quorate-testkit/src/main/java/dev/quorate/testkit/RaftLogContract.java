package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.HardState;
import dev.quorate.raft.InvariantViolation;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.RaftLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RaftLog} must do, one test a sentence of its contract. */
public abstract class RaftLogContract {
    private static final HardState VOTE = new HardState(7, Optional.of(NodeId.of(3)));

    private @Nullable RaftLog opened;

    /** For subclasses. */
    protected RaftLogContract() {}

    /** Opens the log at the place of this test; it is empty the first time. The one opened before was closed. */
    protected abstract RaftLog open() throws IOException;

    @BeforeEach
    void openFirst() throws IOException {
        opened = open();
    }

    @AfterEach
    void closeLast() throws IOException {
        log().close();
    }

    @Test
    public void emptyLogRecoversToTheInitialState() {
        assertThat(log().recovered().hardState()).isEqualTo(HardState.INITIAL);
        assertThat(log().recovered().purged()).isEqualTo(LogId.ZERO);
        assertThat(log().recovered().last()).isEqualTo(LogId.ZERO);
        assertThat(log().recovered().sizes()).isEqualTo(EntrySizes.NONE);
        assertThat(log().recovered().memberships()).isEmpty();
        assertThat(log().recovered().lastTimeMillis()).isZero();
        assertThat(log().recovered().tornBytes()).isZero();
        assertThat(log().last()).isEqualTo(LogId.ZERO);
        assertThat(log().purged()).isEqualTo(LogId.ZERO);
        assertThat(log().sizeBytes()).isZero();
    }

    @Test
    public void syncedEntriesAreThereAfterReopening() throws IOException {
        List<Entry> entries = append(1, 1, 5);
        log().sync();
        reopen();
        assertThat(all()).isEqualTo(entries);
        assertThat(log().last()).isEqualTo(new LogId(1, 5));
    }

    @Test
    public void everyFieldOfAnEntryComesBack() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (EntryKind kind : EntryKind.values()) {
            long index = entries.size() + 1L;
            entries.add(new Entry(new LogId(index, index), kind, Bytes.utf8("x".repeat((int) index)), 1000 + index));
        }
        entries.add(new Entry(new LogId(1L << 62, entries.size() + 1), EntryKind.COMMAND, Bytes.EMPTY, Long.MAX_VALUE));
        log().append(entries);
        log().sync();
        assertThat(all()).isEqualTo(entries);
        reopen();
        assertThat(all()).isEqualTo(entries);
    }

    @Test
    public void largePayloadsComeBack() throws IOException {
        byte[] large = new byte[3_000_001];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 + (i >> 8));
        }
        Entry entry = new Entry(new LogId(1, 1), EntryKind.COMMAND, Bytes.wrap(large), 5);
        log().append(List.of(entry, entry(1, 2)));
        log().sync();
        reopen();
        assertThat(all()).containsExactly(entry, entry(1, 2));
    }

    @Test
    public void payloadsThatAreViewsOfLargerArraysComeBackAlone() throws IOException {
        Bytes view = Bytes.utf8("before payload behind").slice(7, 14);
        Entry entry = new Entry(new LogId(1, 1), EntryKind.COMMAND, view, 5);
        log().append(List.of(entry));
        log().sync();
        reopen();
        assertThat(all().get(0).payload().toUtf8()).isEqualTo("payload");
    }

    @Test
    public void savedHardStateIsThereAfterReopening() throws IOException {
        log().saveHardState(VOTE);
        log().sync();
        reopen();
        assertThat(log().recovered().hardState()).isEqualTo(VOTE);
    }

    @Test
    public void theLastSavedHardStateCounts() throws IOException {
        log().saveHardState(VOTE);
        log().saveHardState(new HardState(8, Optional.empty()));
        log().sync();
        reopen();
        assertThat(log().recovered().hardState()).isEqualTo(new HardState(8, Optional.empty()));
    }

    @Test
    public void lastIsTheLastEntryDurableOrNot() throws IOException {
        append(1, 1, 3);
        assertThat(log().last()).isEqualTo(new LogId(1, 3));
        log().sync();
        assertThat(log().last()).isEqualTo(new LogId(1, 3));
    }

    @Test
    public void appendRefusesAHole() throws IOException {
        append(1, 1, 3);
        assertThatThrownBy(() -> log().append(List.of(entry(1, 5)))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> log().append(List.of(entry(1, 3)))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> log().append(List.of(entry(1, 4), entry(1, 6))))
                .isInstanceOf(InvariantViolation.class);
        assertThat(log().last()).isEqualTo(new LogId(1, 3));
    }

    @Test
    public void appendRefusesAFallingTerm() throws IOException {
        append(4, 1, 3);
        assertThatThrownBy(() -> log().append(List.of(entry(3, 4)))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> log().append(List.of(entry(5, 4), entry(4, 5))))
                .isInstanceOf(InvariantViolation.class);
        assertThat(log().last()).isEqualTo(new LogId(4, 3));
    }

    @Test
    public void appendRefusesNoEntries() {
        assertThatThrownBy(() -> log().append(List.of())).isInstanceOf(InvariantViolation.class);
    }

    @Test
    public void refusedAppendChangesNothing() throws IOException {
        List<Entry> entries = append(4, 1, 3);
        assertThatThrownBy(() -> log().append(List.of(entry(4, 4), entry(4, 6))))
                .isInstanceOf(InvariantViolation.class);
        entries.addAll(append(4, 4, 4));
        log().sync();
        assertThat(all()).isEqualTo(entries);
        reopen();
        assertThat(all()).isEqualTo(entries);
    }

    @Test
    public void truncationDropsEntriesFromItsIndexOn() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().truncateFrom(3);
        assertThat(log().last()).isEqualTo(new LogId(1, 2));
        log().sync();
        assertThat(indexes(all())).containsExactly(1L, 2L);
        reopen();
        assertThat(indexes(all())).containsExactly(1L, 2L);
    }

    @Test
    public void truncatedEntriesAreReplacedByLaterOnes() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().truncateFrom(2);
        append(3, 2, 3);
        log().sync();
        assertThat(all()).containsExactly(entry(1, 1), entry(3, 2), entry(3, 3));
        reopen();
        assertThat(all()).containsExactly(entry(1, 1), entry(3, 2), entry(3, 3));
        assertThat(log().recovered().runs()).containsExactly(new TermRun(1, 1, 1), new TermRun(3, 2, 3));
    }

    @Test
    public void unsyncedEntriesCanBeTruncated() throws IOException {
        append(1, 1, 2);
        log().sync();
        append(1, 3, 5);
        log().truncateFrom(4);
        append(2, 4, 4);
        log().sync();
        reopen();
        assertThat(all()).containsExactly(entry(1, 1), entry(1, 2), entry(1, 3), entry(2, 4));
    }

    @Test
    public void everythingBehindPurgedCanBeTruncated() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().purge(new LogId(1, 2));
        log().truncateFrom(3);
        assertThat(log().last()).isEqualTo(new LogId(1, 2));
        log().sync();
        reopen();
        assertThat(log().last()).isEqualTo(new LogId(1, 2));
        append(2, 3, 3);
    }

    @Test
    public void truncationRefusesAnIndexOutsideOfTheLog() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().purge(new LogId(1, 2));
        assertThatThrownBy(() -> log().truncateFrom(2)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> log().truncateFrom(6)).isInstanceOf(InvariantViolation.class);
        assertThat(log().last()).isEqualTo(new LogId(1, 5));
    }

    @Test
    public void resetReplacesTheLogByAnEmptyOne() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().resetTo(new LogId(4, 100));
        assertThat(log().last()).isEqualTo(new LogId(4, 100));
        assertThat(log().purged()).isEqualTo(new LogId(4, 100));
        assertThat(log().sizeBytes()).isZero();
        log().sync();
        assertThat(log().read(5, 5, 1000)).isEmpty();
        append(4, 101, 102);
        log().sync();
        assertThat(all()).containsExactly(entry(4, 101), entry(4, 102));
        reopen();
        assertThat(log().recovered().purged()).isEqualTo(new LogId(4, 100));
        assertThat(all()).containsExactly(entry(4, 101), entry(4, 102));
    }

    @Test
    public void resetKeepsTheHardState() throws IOException {
        log().saveHardState(VOTE);
        append(1, 1, 5);
        log().resetTo(new LogId(4, 100));
        log().sync();
        reopen();
        assertThat(log().recovered().hardState()).isEqualTo(VOTE);
    }

    @Test
    public void resetMayGoBackBehindPurged() throws IOException {
        append(1, 1, 50);
        log().sync();
        log().purge(new LogId(1, 40));
        log().resetTo(new LogId(1, 30));
        append(2, 31, 32);
        log().sync();
        reopen();
        assertThat(log().purged()).isEqualTo(new LogId(1, 30));
        assertThat(all()).containsExactly(entry(2, 31), entry(2, 32));
    }

    @Test
    public void resetToTheBeginningIsAnEmptyLog() throws IOException {
        append(1, 1, 5);
        log().resetTo(LogId.ZERO);
        log().sync();
        reopen();
        assertThat(log().last()).isEqualTo(LogId.ZERO);
    }

    @Test
    public void syncWithNothingToDoDoesNothing() throws IOException {
        log().sync();
        log().sync();
        reopen();
        assertThat(log().last()).isEqualTo(LogId.ZERO);
    }

    @Test
    public void purgeForgetsEntriesUpToItsPosition() throws IOException {
        append(1, 1, 5);
        log().sync();
        assertThat(log().purge(new LogId(1, 3))).isEqualTo(new LogId(1, 3));
        assertThat(log().purged()).isEqualTo(new LogId(1, 3));
        assertThat(log().last()).isEqualTo(new LogId(1, 5));
        assertThat(log().read(3, 5, 1000)).isEmpty();
        assertThat(indexes(all())).containsExactly(4L, 5L);
    }

    @Test
    public void purgeIsDurableWhenItReturns() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().purge(new LogId(1, 3));
        reopen();
        assertThat(log().purged()).isEqualTo(new LogId(1, 3));
        assertThat(indexes(all())).containsExactly(4L, 5L);
    }

    @Test
    public void purgeOfWhatIsPurgedDoesNothing() throws IOException {
        append(1, 1, 5);
        log().sync();
        log().purge(new LogId(1, 3));
        assertThat(log().purge(new LogId(1, 2))).isEqualTo(new LogId(1, 3));
        assertThat(log().purge(new LogId(1, 3))).isEqualTo(new LogId(1, 3));
        assertThat(indexes(all())).containsExactly(4L, 5L);
    }

    @Test
    public void purgeOfEverythingLeavesItsPositionAsTheLast() throws IOException {
        append(1, 1, 2);
        append(2, 3, 5);
        log().sync();
        log().purge(new LogId(2, 5));
        assertThat(log().last()).isEqualTo(new LogId(2, 5));
        assertThat(log().sizeBytes()).isZero();
        reopen();
        assertThat(log().last()).isEqualTo(new LogId(2, 5));
        append(2, 6, 6);
        log().sync();
        reopen();
        assertThat(all()).containsExactly(entry(2, 6));
    }

    @Test
    public void purgeRefusesWhatIsNotDurable() throws IOException {
        append(1, 1, 3);
        log().sync();
        append(1, 4, 5);
        assertThatThrownBy(() -> log().purge(new LogId(1, 4))).isInstanceOf(InvariantViolation.class);
        assertThat(log().purged()).isEqualTo(LogId.ZERO);
    }

    @Test
    public void purgeRefusesAPositionOfAnotherLog() throws IOException {
        append(1, 1, 5);
        log().sync();
        assertThatThrownBy(() -> log().purge(new LogId(2, 4))).isInstanceOf(InvariantViolation.class);
        assertThat(log().purged()).isEqualTo(LogId.ZERO);
    }

    @Test
    public void purgeKeepsTheHardState() throws IOException {
        log().saveHardState(VOTE);
        for (int i = 0; i < 40; i++) {
            append(1, 1 + i * 25, 25 + i * 25);
            log().sync();
        }
        log().purge(new LogId(1, 1000));
        reopen();
        assertThat(log().recovered().hardState()).isEqualTo(VOTE);
    }

    @Test
    public void sizeFollowsTheEntries() throws IOException {
        append(1, 1, 100);
        log().sync();
        long of100 = log().sizeBytes();
        assertThat(of100).isPositive();
        log().purge(new LogId(1, 50));
        assertThat(log().sizeBytes()).isBetween(1L, of100 - 1);
        log().truncateFrom(51);
        assertThat(log().sizeBytes()).isZero();
        append(1, 51, 150);
        log().sync();
        long before = log().sizeBytes();
        reopen();
        assertThat(log().sizeBytes()).isEqualTo(before);
    }

    @Test
    public void readsTheRangeAskedFor() throws IOException {
        append(1, 1, 100);
        log().sync();
        assertThat(indexes(log().read(40, 43, 1_000_000))).containsExactly(40L, 41L, 42L, 43L);
        assertThat(indexes(log().read(100, 100, 1_000_000))).containsExactly(100L);
    }

    @Test
    public void readsNoMoreBytesThanAskedFor() throws IOException {
        append(1, 1, 100);
        log().sync();
        int size = entry(1, 10).payload().length();
        assertThat(indexes(log().read(10, 99, 3L * size))).containsExactly(10L, 11L, 12L);
        assertThat(indexes(log().read(10, 99, 3L * size + 1))).containsExactly(10L, 11L, 12L);
    }

    @Test
    public void readsAFirstEntryThatIsTooLargeAlone() throws IOException {
        append(1, 1, 100);
        log().sync();
        assertThat(indexes(log().read(10, 99, 1))).containsExactly(10L);
        assertThat(indexes(log().read(10, 99, 0))).containsExactly(10L);
    }

    @Test
    public void readsNothingThatIsPurgedOrNotThere() throws IOException {
        append(1, 1, 10);
        log().sync();
        log().purge(new LogId(1, 4));
        log().truncateFrom(9);
        log().sync();
        assertThat(log().read(4, 6, 1000)).isEmpty();
        assertThat(log().read(9, 10, 1000)).isEmpty();
        assertThat(indexes(log().read(7, 10, 1000))).containsExactly(7L, 8L);
    }

    @Test
    public void readsNothingThatWasTruncatedBeforeTheSync() throws IOException {
        append(1, 1, 10);
        log().sync();
        log().truncateFrom(6);
        append(2, 6, 6);
        assertThat(indexes(log().read(5, 10, 1000))).containsExactly(5L);
        log().sync();
        assertThat(log().read(5, 10, 1000)).containsExactly(entry(1, 5), entry(2, 6));
    }

    @Test
    public void recoveredTellsRunsSizesMembershipsAndTime() throws IOException {
        Entry membership = new Entry(new LogId(2, 4), EntryKind.MEMBERSHIP, Bytes.utf8("members"), 44);
        append(1, 1, 3);
        log().append(List.of(membership));
        append(5, 5, 6);
        log().sync();
        log().purge(new LogId(1, 2));
        reopen();
        assertThat(log().recovered().runs())
                .containsExactly(new TermRun(1, 3, 3), new TermRun(2, 4, 4), new TermRun(5, 5, 6));
        int size = entry(1, 3).payload().length();
        assertThat(log().recovered().sizes()).isEqualTo(EntrySizes.of(size, 7, size, size));
        assertThat(log().recovered().memberships()).containsExactly(membership);
        assertThat(log().recovered().lastTimeMillis()).isEqualTo(entry(5, 6).timeMillis());
        assertThat(log().recovered().last()).isEqualTo(new LogId(5, 6));
    }

    @Test
    public void longLogsOfManyBatchesComeBack() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            entries.addAll(append(1 + i / 50, 1 + i * 10, 10 + i * 10));
            if (i % 3 == 0) {
                log().sync();
            }
        }
        log().sync();
        assertThat(all()).isEqualTo(entries);
        reopen();
        assertThat(all()).isEqualTo(entries);
        assertThat(log().recovered().runs()).hasSize(6);
    }

    @Test
    public void readsBesideChangesAreRightOrEmpty() throws Exception {
        append(1, 1, 50);
        log().sync();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> readUntil(stop, failure), "reader");
        reader.start();
        for (int round = 0; round < 200; round++) {
            long last = log().last().index();
            append(round + 1, last + 1, last + 20);
            log().sync();
            if (round % 3 == 0) {
                log().truncateFrom(last + 10);
            }
            if (round % 5 == 0) {
                log().sync();
                log().purge(log().read(last + 1, last + 1, 0).get(0).id());
            }
            if (round % 50 == 49) {
                log().resetTo(new LogId(round + 1, last + 30));
                log().sync();
            }
        }
        stop.set(true);
        reader.join(60_000);
        assertThat(reader.isAlive()).isFalse();
        assertThat(failure.get()).isNull();
    }

    private void readUntil(AtomicBoolean stop, AtomicReference<@Nullable Throwable> failure) {
        try {
            while (!stop.get()) {
                long first = log().purged().index() + 1;
                long last = log().last().index();
                long expected = first;
                for (Entry entry : log().read(first, last, 2000)) {
                    assertThat(entry.index()).isEqualTo(expected++);
                    assertThat(entry).isEqualTo(entry(entry.term(), entry.index()));
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failure.set(e);
        }
    }

    /** The log under test. */
    protected final RaftLog log() {
        RaftLog log = opened;
        if (log == null) {
            throw new IllegalStateException("no log was opened");
        }
        return log;
    }

    /** Closes the log and opens it again. */
    protected final void reopen() throws IOException {
        log().close();
        opened = open();
    }

    /** Appends made-up entries of a term. */
    protected final List<Entry> append(long term, long first, long last) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (long index = first; index <= last; index++) {
            entries.add(entry(term, index));
        }
        log().append(entries);
        return entries;
    }

    /** Everything that the log holds durably. */
    protected final List<Entry> all() throws IOException {
        List<Entry> found = new ArrayList<>();
        long next = log().purged().index() + 1;
        while (next <= log().last().index()) {
            List<Entry> part = log().read(next, log().last().index(), 100_000);
            if (part.isEmpty()) {
                break;
            }
            found.addAll(part);
            next += part.size();
        }
        return found;
    }

    /** The made-up command of this position. */
    protected static Entry entry(long term, long index) {
        Bytes payload = Bytes.utf8(String.format("payload of %019d/%019d", term, index));
        return new Entry(new LogId(term, index), EntryKind.COMMAND, payload, 1_000_000 + index);
    }

    private static List<Long> indexes(List<Entry> entries) {
        return entries.stream().map(Entry::index).toList();
    }
}
