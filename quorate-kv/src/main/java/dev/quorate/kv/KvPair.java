package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * A key with one version of its value.
 *
 * @param createRevision the store revision of the first put since the key was last missing
 * @param modRevision the store revision of this version
 * @param version counts the puts since the key was last missing, from 1
 * @param value empty as well when only keys were asked for
 * @param leaseId the lease that the key hangs on, 0 for none
 */
public record KvPair(Bytes key, long createRevision, long modRevision, long version, Bytes value, long leaseId) {
    /** The same without the value. */
    public KvPair withoutValue() {
        return new KvPair(key, createRevision, modRevision, version, Bytes.EMPTY, leaseId);
    }
}
