package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.LogModel;
import dev.quorate.testkit.LogModel.Change;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A random life of a log on a simulated disk, compared with a {@link LogModel}: after each end of the process the log
 * must be the result of a prefix of the changes that holds everything that was synced. Everything is drawn from one
 * seed.
 */
final class LogTorture {
    static final Path LOG = Path.of("data", "log");
    static final WalOptions SMALL = new WalOptions(8 << 10, 4 << 10, 2 << 10, 1 << 10, 2);

    private static final int ENTRIES_MAX = 60;

    /** Segments that are prepared in many small pieces: others are released while one grows. */
    private static final WalOptions SLOW_GROWTH = new WalOptions(16 << 10, 4 << 10, 512, 1 << 10, 2);

    private final SplittableRandom random;
    private final SimDisk disk;
    private final long seed;
    private final WalOptions options;

    /** What is surely on the disk, and the changes since, of which the first {@code synced} are too. */
    private LogModel base = new LogModel();

    private final List<Change> changes = new ArrayList<>();
    private int synced;
    private LogModel present = new LogModel();
    private long readableThrough;
    private long term = 1;
    private @Nullable SegmentedLog log;

    LogTorture(long seed) {
        this.seed = seed;
        this.options = seed % 2 == 0 ? SMALL : SLOW_GROWTH;
        this.random = new SplittableRandom(seed);
        this.disk = new SimDisk(random.nextLong());
    }

    /** Lives so many lives of a process. */
    void run(int lives) throws IOException {
        SegmentedLog.create(disk, LOG, options);
        disk.forceDirectory(Path.of("data"));
        for (int life = 0; life < lives; life++) {
            open();
            live();
        }
        open();
    }

    private SegmentedLog log() {
        SegmentedLog opened = log;
        if (opened == null) {
            throw new IllegalStateException("no log is open");
        }
        return opened;
    }

    /** Opens the log, maybe not at the first attempt, and finds out which prefix of the changes it holds. */
    private void open() throws IOException {
        if (random.nextInt(5) == 0) {
            disk.crashAfter(1 + random.nextInt(12));
        }
        for (int attempt = 0; ; attempt++) {
            try {
                log = SegmentedLog.open(disk, LOG, options);
                break;
            } catch (StorageFullException e) {
                disk.capacityBytes(Long.MAX_VALUE);
            } catch (IOException e) {
                assertThat(disk.isDown())
                        .as("seed %d: %s while the disk is well", seed, e)
                        .isTrue();
                disk.crash();
            }
            assertThat(attempt).as("seed %d: attempts", seed).isLessThan(10);
        }
        base = survivor();
        changes.clear();
        synced = 0;
        present = copy(base);
        readableThrough = base.last().index();
        checkReads();
    }

    private LogModel survivor() throws IOException {
        LogModel candidate = copy(base);
        List<Entry> found = log().read(log().purged().index() + 1, log().last().index(), Long.MAX_VALUE);
        for (int i = 0; i <= changes.size(); i++) {
            if (i > 0) {
                changes.get(i - 1).applyTo(candidate);
            }
            if (i >= synced
                    && candidate.purged().equals(log().purged())
                    && candidate.last().equals(log().last())
                    && candidate.hardState().equals(log().recovered().hardState())
                    && candidate.entries().equals(found)) {
                assertThat(log().recovered())
                        .as("seed %d", seed)
                        .isEqualTo(candidate.recovered(log().recovered().tornBytes()));
                return candidate;
            }
        }
        throw new AssertionError("seed " + seed
                + ": the log after a crash is not the result of a prefix of the changes: "
                + log().purged() + ".." + log().last() + " " + log().recovered().hardState() + ", synced "
                + synced + " of " + changes.size() + ", base " + base.purged() + ".." + base.last() + ", with all "
                + present.purged() + ".." + present.last() + " " + present.hardState());
    }

    private void live() throws IOException {
        if (random.nextInt(3) > 0) {
            disk.crashAfter(1 + random.nextInt(60));
        }
        int steps = 1 + random.nextInt(60);
        try {
            for (int step = 0; step < steps; step++) {
                step();
            }
            if (random.nextInt(3) == 0) {
                log().close();
                synced = changes.size();
                endOfProcess();
                return;
            }
        } catch (StorageFullException e) {
            throw new AssertionError("seed " + seed + ": not caught where it belongs", e);
        } catch (IOException e) {
            checkPoisoned(e);
        }
        if (random.nextInt(4) == 0 && !disk.isDown()) {
            endOfProcess();
        } else {
            disk.crash();
        }
    }

    private void endOfProcess() {
        disk.capacityBytes(Long.MAX_VALUE);
        disk.kill();
    }

    /** The log must have failed for good, and by a fault that the disk was told to have. */
    private void checkPoisoned(IOException cause) {
        if (disk.isDown()) {
            return;
        }
        assertThat(cause).as("seed %d", seed).isNotInstanceOf(NoSuchFileException.class);
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                log().sync();
            } catch (IOException expected) {
                String message = String.valueOf(expected.getMessage());
                if (message.startsWith("the log failed before") || message.startsWith("the log is closed")) {
                    continue;
                }
            }
            throw new AssertionError("seed " + seed + ": a log that failed goes on", cause);
        }
    }

    private void step() throws IOException {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 -> append();
            case 7, 8, 9, 10, 11 -> sync();
            case 12 -> change(hardState(), List.of());
            case 13 -> truncate();
            case 14 -> purge();
            case 15 -> reset();
            case 16 -> checkReads();
            case 17 -> full();
            case 18 -> failure();
            default -> append();
        }
    }

    private void append() throws IOException {
        if (present.entries().size() > ENTRIES_MAX) {
            purge();
            return;
        }
        term += random.nextInt(8) == 0 ? 1 : 0;
        long index = present.last().index();
        List<Entry> entries = new ArrayList<>();
        List<Change> each = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            byte[] payload = new byte[random.nextInt(random.nextInt(8) == 0 ? 3000 : 200)];
            random.nextBytes(payload);
            EntryKind kind = random.nextInt(10) == 0 ? EntryKind.MEMBERSHIP : EntryKind.COMMAND;
            Entry entry = new Entry(new LogId(term, ++index), kind, Bytes.wrap(payload), index * 10);
            entries.add(entry);
            each.add(model -> model.append(entry));
        }
        changed(each, () -> log().append(entries));
    }

    private void sync() throws IOException {
        log().sync();
        allSynced();
    }

    private HardState hardState() {
        term += random.nextInt(3);
        HardState before = present.hardState();
        if (before.term() == term && before.votedFor().isPresent()) {
            return before;
        }
        return new HardState(
                term, random.nextBoolean() ? Optional.of(NodeId.of(1 + random.nextInt(3))) : Optional.empty());
    }

    private void change(HardState hardState, List<Change> none) throws IOException {
        List<Change> each = new ArrayList<>(none);
        each.add(model -> model.saveHardState(hardState));
        changed(each, () -> log().saveHardState(hardState));
    }

    private void truncate() throws IOException {
        long count = present.last().index() - present.purged().index();
        if (count > 0) {
            long from = present.purged().index() + 1 + random.nextLong(count);
            if (changed(List.of(model -> model.truncateFrom(from)), () -> log().truncateFrom(from))) {
                readableThrough = Math.min(readableThrough, from - 1);
            }
            term++;
        }
    }

    private void purge() throws IOException {
        long count = readableThrough - present.purged().index();
        if (count > 0) {
            LogId through = present.at(present.purged().index() + 1 + random.nextLong(count))
                    .id();
            boolean done = changed(List.of(model -> model.purge(through)), () -> log().purge(through));
            if (done) {
                assertThat(log().purged()).as("seed %d", seed).isEqualTo(through);
                allSynced();
            }
        }
    }

    private void reset() throws IOException {
        if (random.nextInt(3) == 0) {
            LogId to = new LogId(term, Math.max(1, present.last().index() - 5 + random.nextInt(20)));
            if (changed(List.of(model -> model.resetTo(to)), () -> log().resetTo(to))) {
                readableThrough = to.index();
            }
        }
    }

    private void full() {
        boolean noSpace = random.nextBoolean();
        disk.capacityBytes(noSpace ? disk.usedBytes() + random.nextInt(3000) : Long.MAX_VALUE);
    }

    private void failure() {
        if (random.nextInt(4) == 0) {
            disk.failNextForce();
        } else if (random.nextInt(6) == 0) {
            disk.failNextWrite();
        }
    }

    private void checkReads() throws IOException {
        long first = present.purged().index() + 1;
        List<Entry> expected = present.entries().stream()
                .filter(entry -> entry.index() <= readableThrough)
                .toList();
        assertThat(log().read(first, Long.MAX_VALUE, Long.MAX_VALUE))
                .as("seed %d", seed)
                .isEqualTo(expected);
        assertThat(log().last()).as("seed %d", seed).isEqualTo(present.last());
        assertThat(log().purged()).as("seed %d", seed).isEqualTo(present.purged());
    }

    private void allSynced() {
        synced = changes.size();
        readableThrough = present.last().index();
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    /** Makes a change; false when there was no space, which must have changed nothing. */
    private boolean changed(List<Change> each, Action action) throws IOException {
        int before = changes.size();
        changes.addAll(each);
        try {
            action.run();
        } catch (StorageFullException e) {
            changes.subList(before, changes.size()).clear();
            assertThat(log().last()).as("seed %d", seed).isEqualTo(present.last());
            return false;
        }
        each.forEach(change -> change.applyTo(present));
        return true;
    }

    private static LogModel copy(LogModel model) {
        LogModel copy = new LogModel();
        copy.saveHardState(model.hardState());
        copy.resetTo(model.purged());
        model.entries().forEach(copy::append);
        return copy;
    }
}
