package dev.quorate.etcd;

import dev.quorate.engine.ReadConsistency;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvClient;
import dev.quorate.kv.KvPair;
import dev.quorate.kv.RangeRequest;
import dev.quorate.kv.RangeResponse;
import dev.quorate.spi.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/**
 * Hashes of what a member's store holds at a revision, for comparison between members: a CRC32C over all pairs that can
 * be read at it, with their revisions and versions. It is not etcd's own hash, which is over the pages of its files.
 *
 * <p>The store is read some pairs at a time, always at the same revision, so that no reader or writer waits for long,
 * and each part on another thread than the one that serves connections.
 */
final class StoreHashes {
    private static final int PAIRS_AT_A_TIME = 1000;
    private static final int NUMBERS_BYTES = 6 * Long.BYTES;

    private final KvClient store;

    StoreHashes(KvClient store) {
        this.store = store;
    }

    /**
     * One hash.
     *
     * @param hash the CRC32C
     * @param revision what it was taken at
     * @param compacted the last compaction of this member's store, 0 for none
     * @param now the revision of the store when it was finished
     */
    record Hash(int hash, long revision, long compacted, long now) {}

    /** The hash at a revision, at the present one for 0; fails when the revision cannot be read. */
    CompletableFuture<Hash> at(long revision) {
        // Read first: then it is not above the revision, whatever is compacted meanwhile.
        return next(new CRC32C(), KeyRange.all(), revision, store.compactedRevision());
    }

    private CompletableFuture<Hash> next(CRC32C crc, KeyRange range, long revision, long compacted) {
        RangeRequest request = RangeRequest.of(range).atRevision(revision).withLimit(PAIRS_AT_A_TIME);
        return store.range(request, ReadConsistency.LOCAL).thenComposeAsync(response -> {
            long taken = revision > 0 ? revision : response.revision();
            response.pairs().forEach(pair -> update(crc, pair));
            return response.more()
                    ? next(crc, behind(response), taken, compacted)
                    : CompletableFuture.completedFuture(
                            new Hash((int) crc.getValue(), taken, compacted, response.revision()));
        });
    }

    private static KeyRange behind(RangeResponse response) {
        List<KvPair> pairs = response.pairs();
        byte[] last = pairs.get(pairs.size() - 1).key().toByteArray();
        byte[] following = Arrays.copyOf(last, last.length + 1);
        return KeyRange.from(Bytes.wrap(following));
    }

    private static void update(CRC32C crc, KvPair pair) {
        ByteBuffer numbers = ByteBuffer.allocate(NUMBERS_BYTES)
                .putLong(pair.key().length())
                .putLong(pair.value().length())
                .putLong(pair.createRevision())
                .putLong(pair.modRevision())
                .putLong(pair.version())
                .putLong(pair.leaseId());
        crc.update(numbers.flip());
        crc.update(pair.key().asByteBuffer());
        crc.update(pair.value().asByteBuffer());
    }
}
