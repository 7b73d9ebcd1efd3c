package dev.quorate.kv;

import dev.quorate.spi.FrozenState;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The store at one revision, waiting to be written into a snapshot. The content depends on the logical state alone:
 * what compaction has forgotten is not written, freed or not.
 *
 * <pre>
 *   snapshot  magic and format, revision, compacted, time, digest low, digest high       six times eight bytes
 *             (1 key create mod version lease value)...   what existed at the compaction, in key order
 *             (2 key revision lease value | 3 key revision)...   every change since, in order: puts and deletions
 *             0 pairs changes                             how many there were
 * </pre>
 */
final class FrozenStore implements FrozenState {
    static final long MAGIC = 0x51554f524b560000L;
    static final int FORMAT = 1;
    static final int END = 0;
    static final int PAIR = 1;
    static final int PUT = 2;
    static final int DELETE = 3;
    private static final int PART_BYTES = 1 << 20;

    private final KvTable.Frozen table;
    private final long timeMillis;
    private final long digestLow;
    private final long digestHigh;
    private final Encoder part = new Encoder(PART_BYTES + (PART_BYTES >> 2), Integer.MAX_VALUE);
    private Stage stage = Stage.HEADER;
    private long pairs;
    private long changes;

    private enum Stage {
        HEADER,
        PAIRS,
        CHANGES,
        WRITTEN
    }

    FrozenStore(KvTable.Frozen table, long timeMillis, ContentDigest digest) {
        this.table = table;
        this.timeMillis = timeMillis;
        this.digestLow = digest.low();
        this.digestHigh = digest.high();
    }

    @Override
    public boolean write(OutputStream out) throws IOException {
        part.clear();
        if (stage == Stage.HEADER) {
            part.fixed(MAGIC | FORMAT).fixed(table.revision()).fixed(table.compacted());
            part.fixed(timeMillis).fixed(digestLow).fixed(digestHigh);
            stage = Stage.PAIRS;
        }
        if (stage == Stage.PAIRS && table.base(this::pair)) {
            stage = Stage.CHANGES;
        }
        if (stage == Stage.CHANGES && part.length() < PART_BYTES && table.changes(this::change)) {
            part.octet(END).number(pairs).number(changes);
            stage = Stage.WRITTEN;
        }
        out.write(part.array(), 0, part.length());
        return stage != Stage.WRITTEN;
    }

    @Override
    public void close() {
        table.close();
    }

    private boolean pair(KvPair pair) {
        part.octet(PAIR).bytes(pair.key()).number(pair.createRevision()).number(pair.modRevision());
        part.number(pair.version()).number(pair.leaseId()).bytes(pair.value());
        pairs++;
        return part.length() < PART_BYTES;
    }

    private boolean change(Change change) {
        KvPair pair = change.pair();
        part.octet(pair == null ? DELETE : PUT).bytes(change.key()).number(change.revision());
        if (pair != null) {
            part.number(pair.leaseId()).bytes(pair.value());
        }
        changes++;
        return part.length() < PART_BYTES;
    }
}
