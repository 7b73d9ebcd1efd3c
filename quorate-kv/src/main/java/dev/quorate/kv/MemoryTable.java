package dev.quorate.kv;

import dev.quorate.raft.Invariant;
import dev.quorate.raft.InvariantViolation;
import dev.quorate.spi.Bytes;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The table in memory.
 *
 * <pre>
 *   index  hash map   key ──► history ──► version 9 ──► version 5 ──► end at 4 ──► version 2
 *   tree   sealed B+ tree of the histories in key order, with counts of living keys
 *   log    every version in the order of revisions, from the last compaction on
 * </pre>
 *
 * <p><b>Why readers need no lock.</b> A reader takes a {@link Snapped} view: a sealed root, a revision and a compaction
 * mark, published together by one volatile write.
 *
 * <ul>
 *   <li>It never sees a newer write: a version is passed over when its revision is above the reader's, and every
 *       version that is written after the view was published has one (revisions rise, and a chunk is published as a
 *       whole). So it never sees half a transaction either: all its versions have one revision. The root and its counts
 *       do not change.
 *   <li>It never misses an older write: a version is linked before the view that contains it is published, the link to
 *       what is behind it is only cut by {@link #reclaim}, and a history leaves the index only there.
 *   <li>Freeing beside it: before the first cut for a compaction, {@code floor} is raised to it, and a cut takes only
 *       what readers below {@code floor} need. Cuts are release writes and links are read with acquire, so a reader
 *       that met a cut finds the raised floor when it asks {@link View#isIntact} afterwards. A reader that is told no
 *       throws its result away: at an old revision the answer is "compacted", now; at the present one a newer view is
 *       there to read.
 *   <li>A frozen table keeps {@code floor} at or below its own compaction until it is closed.
 * </ul>
 */
final class MemoryTable implements KvTable {
    private final ConcurrentHashMap<Bytes, KeyHistory> index = new ConcurrentHashMap<>();
    private final KeyTree tree = new KeyTree();
    private final ChangeLog log = new ChangeLog();
    private final List<FrozenTable> frozen = new CopyOnWriteArrayList<>();
    private final ChangeLog.Cursor drain = log.all();
    private long compacted;
    /** The history that {@link #newest} found last: the next put is most often of the same key. */
    private @Nullable KeyHistory found;

    private volatile Snapped published = new Snapped(this, tree.seal(), 1, 0);
    /** Reading below this revision may miss what was there. */
    private volatile long floor;
    /** The revision of the first change of the log; above every revision when there is none. */
    private volatile long oldestChange = Long.MAX_VALUE;

    @Override
    public @Nullable KvPair newest(Bytes key) {
        KeyHistory history = index.get(key);
        found = history;
        return history == null ? null : history.head().pair;
    }

    @Override
    public void load(KvPair pair) {
        Invariant.check(log.end() == 0, "a key is loaded behind changes");
        KeyHistory history = new KeyHistory(pair);
        tree.insert(history);
        Invariant.check(index.put(pair.key(), history) == null, "a key is loaded twice");
    }

    @Override
    public void put(KvPair pair) {
        KeyHistory history = history(pair.key());
        if (history == null) {
            history = new KeyHistory(pair);
            tree.insert(history);
            index.put(pair.key(), history);
            log.append(history.head());
            return;
        }
        boolean returns = history.head().pair == null;
        log.append(history.add(pair.modRevision(), pair));
        if (returns) {
            tree.count(history.key, 1);
        }
    }

    @Override
    public void delete(Bytes key, long revision) {
        KeyHistory history = history(key);
        if (history == null || history.head().pair == null) {
            throw new InvariantViolation("a key to be deleted does not exist: " + key);
        }
        log.append(history.add(revision, null));
        tree.count(history.key, -1);
    }

    @Override
    public View writing(long revision) {
        return new Snapped(this, tree.root(), revision, compacted);
    }

    @Override
    public void compact(long revision) {
        Invariant.check(revision > compacted, "a compaction goes back", revision, compacted);
        compacted = revision;
    }

    @Override
    public void publish(long revision) {
        Invariant.check(revision >= published.revision, "the store goes back", revision, published.revision);
        published = new Snapped(this, tree.seal(), revision, compacted);
        noteOldest();
    }

    @Override
    public void drainChanges(Consumer<Change> taker) {
        log.extend(drain);
        for (Version version = drain.peek(); version != null; version = drain.peek()) {
            Version before = version.older();
            KvPair previous = before == null ? null : before.pair;
            taker.accept(new Change(version.revision, version.history.key, version.pair, previous));
            drain.advance();
        }
    }

    @Override
    public void reclaim(int changesMax) {
        long limit = reclaimLimit();
        if (oldestChange > limit) {
            return;
        }
        if (limit > floor) {
            floor = limit;
        }
        for (int i = 0; i < changesMax && log.begin() < drain.position(); i++) {
            Version version = log.first();
            if (version.revision > limit) {
                break;
            }
            free(version);
            log.removeFirst();
        }
        noteOldest();
    }

    @Override
    public boolean isReclaimable() {
        return oldestChange <= reclaimLimit();
    }

    @Override
    public View published() {
        return published;
    }

    @Override
    public Frozen freeze(long revision) {
        FrozenTable table = new FrozenTable(this, tree.seal(), revision, compacted, log.all());
        frozen.add(table);
        return table;
    }

    /** Frees what a version has replaced; and the whole key, when the version is its end and nothing came after. */
    private void free(Version version) {
        KeyHistory history = version.history;
        if (version.pair == null && history.head() == version) {
            index.remove(history.key);
            tree.remove(history.key);
            found = null;
        } else {
            version.cut();
        }
    }

    private long reclaimLimit() {
        long limit = published.compacted;
        for (FrozenTable table : frozen) {
            limit = Math.min(limit, table.compacted);
        }
        return limit;
    }

    private void noteOldest() {
        long oldest = log.begin() < log.end() ? log.first().revision : Long.MAX_VALUE;
        if (oldest != oldestChange) {
            oldestChange = oldest;
        }
    }

    private @Nullable KeyHistory history(Bytes key) {
        KeyHistory last = found;
        return last != null && last.key.equals(key) ? last : index.get(key);
    }

    /** A root with the revision at which it is looked at; sealed and published, or the writer's own. */
    private record Snapped(MemoryTable table, KeyTree.Node root, long revision, long compacted) implements View {
        @Override
        public @Nullable KvPair at(Bytes key, long at) {
            KeyHistory history = table.index.get(key);
            return history == null ? null : history.at(at);
        }

        @Override
        public boolean scan(KeyRange keys, long at, Predicate<KvPair> taker) {
            if (keys.isSingle()) {
                KvPair pair = at(keys.key(), at);
                return pair == null || taker.test(pair);
            }
            return KeyTree.scan(root, keys, at >= revision, history -> {
                KvPair pair = history.at(at);
                return pair == null || taker.test(pair);
            });
        }

        @Override
        public long count(KeyRange keys, long at) {
            if (keys.isSingle()) {
                return at(keys.key(), at) == null ? 0 : 1;
            }
            if (at >= revision) {
                long below = KeyTree.countBelow(root, keys.key(), revision);
                long end = keys.isOpen() ? root.live : KeyTree.countBelow(root, keys.end(), revision);
                return Math.max(0, end - below);
            }
            Counter counter = new Counter();
            scan(keys, at, counter);
            return counter.count;
        }

        @Override
        public boolean isIntact(long at) {
            return table.floor <= at;
        }
    }

    private static final class Counter implements Predicate<KvPair> {
        private long count;

        @Override
        public boolean test(KvPair pair) {
            count++;
            return true;
        }
    }

    private static final class FrozenTable implements Frozen {
        private static final int VISITED_MAX = 1 << 16;

        private final MemoryTable table;
        private final KeyTree.Node root;
        private final long revision;
        private final long compacted;
        private final ChangeLog.Cursor cursor;
        /** Where the walk over the base goes on. */
        private Bytes next = Bytes.EMPTY;

        FrozenTable(MemoryTable table, KeyTree.Node root, long revision, long compacted, ChangeLog.Cursor cursor) {
            this.table = table;
            this.root = root;
            this.revision = revision;
            this.compacted = compacted;
            this.cursor = cursor;
        }

        @Override
        public long revision() {
            return revision;
        }

        @Override
        public long compacted() {
            return compacted;
        }

        @Override
        public boolean base(Predicate<KvPair> taker) {
            if (compacted == 0) {
                return true;
            }
            int[] visited = {0};
            return KeyTree.scan(root, KeyRange.from(next), false, history -> {
                KvPair pair = history.at(compacted);
                boolean goesOn = (pair == null || taker.test(pair)) && ++visited[0] < VISITED_MAX;
                if (!goesOn) {
                    next = KeyRange.behind(history.key);
                }
                return goesOn;
            });
        }

        @Override
        public boolean changes(Predicate<Change> taker) {
            for (Version version = cursor.peek(); version != null; version = cursor.peek()) {
                cursor.advance();
                if (version.revision > compacted
                        && !taker.test(new Change(version.revision, version.history.key, version.pair, null))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void close() {
            table.frozen.remove(this);
        }
    }
}
