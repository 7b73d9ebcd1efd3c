package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster as a whole has: every entry that was ever written, and those that are committed. Nothing is ever
 * taken back from it.
 */
public final class Ledger {
    /**
     * An entry as it was first written.
     *
     * @param applied the print of what the state machine gets of it
     */
    record Written(long print, long termBefore, long applied) {}

    /** Only looked up, never walked. */
    private final Map<LogId, Written> written = new HashMap<>();

    private long[] committedTerms = new long[1024];
    private long[] committedIn = new long[1024];
    private long committed;
    private final TreeMap<Long, Bytes> digests = new TreeMap<>();
    private final Map<Long, Bytes> snapshotDigests = new HashMap<>();
    private final TreeMap<Long, Long> revisions = new TreeMap<>();

    /** The highest index that was ever committed. */
    public long committed() {
        return committed;
    }

    /** The committed entry at an index up to {@link #committed}. */
    LogId committedAt(long index) {
        return index == 0 ? LogId.ZERO : new LogId(committedTerms[(int) index - 1], index);
    }

    /** In which leader's term the entry was committed. */
    long committedInTerm(long index) {
        return committedIn[(int) index - 1];
    }

    void commit(LogId id, long inTerm) {
        if (committed == committedTerms.length) {
            committedTerms = Arrays.copyOf(committedTerms, committedTerms.length * 2);
            committedIn = Arrays.copyOf(committedIn, committedIn.length * 2);
        }
        committedTerms[(int) committed] = id.term();
        committedIn[(int) committed] = inTerm;
        committed++;
    }

    /** Remembers an entry; returns how it was written before, null at first. */
    @Nullable
    Written write(LogId id, Written now) {
        return written.putIfAbsent(id, now);
    }

    @Nullable
    Written writtenAt(LogId id) {
        return written.get(id);
    }

    /** Remembers the digest of the state after an index; returns the one before, null at first. */
    @Nullable
    Bytes digest(long index, Bytes digest) {
        return digests.putIfAbsent(index, digest);
    }

    /** Remembers the digest of a snapshot, sessions included; returns the one before, null at first. */
    @Nullable
    Bytes snapshotDigest(long index, Bytes digest) {
        return snapshotDigests.putIfAbsent(index, digest);
    }

    /** The digest of the state after an index that somebody has applied; null when the state was empty. */
    @Nullable
    Bytes digestAt(long index) {
        Map.Entry<Long, Bytes> entry = digests.floorEntry(index);
        return entry == null ? null : entry.getValue();
    }

    /** Remembers the revision of the store after an index. */
    void revision(long index, long revision) {
        revisions.put(index, revision);
    }

    /** The revision that a state which has applied this index has at least. */
    public long revisionAt(long index) {
        Map.Entry<Long, Long> entry = revisions.floorEntry(index);
        return entry == null ? 0 : entry.getValue();
    }
}
