package dev.quorate.kv;

import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The store: etcd's data model as a deterministic state machine.
 *
 * <p>The store has a revision, 1 when it is empty; every command that changes something raises it by one. A key has
 * versions, each with the revision it was made at, and stays readable at every revision from the last compaction on. A
 * command that is refused changes nothing but the cluster time.
 *
 * <pre>
 *   apply ──► decode ──► rules ──► write transaction ──► table, digest ──► answer
 *   chunkApplied ──► publish: readers see the chunk
 *   chunkPublished ──► changes to the feed, then free some of what compaction has forgotten
 * </pre>
 *
 * <p>{@link #read}, {@link #range}, {@link #txn} and {@link #status} may be called by any thread beside the rest, which
 * belongs to APPLY; they see one published state and never wait. See {@link MemoryTable} for why that is safe.
 */
public final class KvStateMachine implements StateMachine {
    private static final int RECLAIMED_PER_CHUNK = 1024;
    private static final int RECLAIMED_PER_COMMAND = 16;

    private final Supplier<KvTable> tables;
    private final ChangeFeed feed;
    private volatile KvTable table;
    private ContentDigest digest = new ContentDigest();
    private long revision = 1;
    private long compacted;
    private long timeMillis;
    private int commandsSinceReclaim;

    private volatile long publishedTimeMillis;

    /** A store in memory. */
    public KvStateMachine() {
        this(KvTable::inMemory);
    }

    /** A store on other tables: one at once, and another one, empty, for each restore. */
    public KvStateMachine(Supplier<KvTable> tables) {
        this(tables, ChangeFeed.NONE);
    }

    KvStateMachine(Supplier<KvTable> tables, ChangeFeed feed) {
        this.tables = tables;
        this.feed = feed;
        this.table = tables.get();
    }

    @Override
    public Bytes apply(Entry command) {
        timeMillis = Math.max(timeMillis, command.timeMillis());
        commandsSinceReclaim++;
        WriteTransaction transaction = new WriteTransaction(table, digest, revision, compacted);
        try {
            KvRequest request = CommandCodec.decode(command.payload());
            RequestRules.check(request);
            KvResponse response = request.accept(transaction);
            revision = transaction.revision();
            compacted = transaction.compacted();
            return AnswerCodec.encode(response);
        } catch (KvException e) {
            Invariant.check(transaction.revision() == revision, "a command was refused after it wrote", revision);
            return AnswerCodec.encode(e);
        }
    }

    @Override
    public void chunkApplied(LogId lastApplied) {
        table.publish(revision);
        publishedTimeMillis = timeMillis;
    }

    @Override
    public void chunkPublished(LogId lastApplied) {
        table.drainChanges(feed::changed);
        table.reclaim(RECLAIMED_PER_CHUNK + RECLAIMED_PER_COMMAND * commandsSinceReclaim);
        commandsSinceReclaim = 0;
    }

    @Override
    public boolean readsConcurrently() {
        return true;
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        while (true) {
            KvTable.View view = table.published();
            List<KeyValue> found = new ArrayList<>(keys.size());
            for (Bytes key : keys) {
                KvPair pair = view.at(key, view.revision());
                if (pair == null) {
                    break;
                }
                found.add(new KeyValue(key, pair.value()));
            }
            if (view.isIntact(view.revision())) {
                return found.size() == keys.size() ? Optional.of(found) : Optional.empty();
            }
        }
    }

    /**
     * Reads a range from the published state; any thread.
     *
     * @throws KvException when the request breaks a rule or its revision cannot be read
     */
    public RangeResponse range(RangeRequest request) {
        RequestRules.check(request);
        while (true) {
            KvTable.View view = table.published();
            RangeResponse response = RangeQuery.answer(request, view);
            if (view.isIntact(RangeQuery.revision(request, view))) {
                return response;
            }
        }
    }

    /**
     * Answers a transaction that only reads from the published state; any thread.
     *
     * @throws KvException when the request breaks a rule or a revision in it cannot be read
     */
    public TxnResponse txn(TxnRequest request) {
        RequestRules.check(request);
        while (true) {
            KvTable.View view = table.published();
            ReadTransaction reading = new ReadTransaction(view);
            TxnResponse response = reading.txn(request);
            if (view.isIntact(reading.oldest())) {
                return response;
            }
        }
    }

    /** The numbers of the published state; any thread. */
    public KvStatus status() {
        KvTable.View view = table.published();
        long keys = view.count(KeyRange.all(), view.revision());
        return new KvStatus(view.revision(), view.compacted(), keys, publishedTimeMillis);
    }

    /** True while compaction has forgotten something whose space the next commands would free; any thread. */
    public boolean isReclaimable() {
        return table.isReclaimable();
    }

    @Override
    public Optional<Bytes> digest() {
        return Optional.of(digest.value(revision, compacted, timeMillis));
    }

    @Override
    public FrozenState freeze() {
        return new FrozenStore(table.freeze(revision), timeMillis, digest);
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        KvTable restored = tables.get();
        StoreReader reader = new StoreReader(in, restored);
        try {
            reader.read();
        } catch (IOException e) {
            restored.close();
            throw e;
        }
        KvTable replaced = table;
        table = restored;
        digest = reader.digest();
        revision = reader.revision();
        compacted = reader.compacted();
        timeMillis = reader.timeMillis();
        publishedTimeMillis = timeMillis;
        replaced.close();
        feed.restored(revision);
    }

    @Override
    public void close() throws IOException {
        table.close();
    }
}
