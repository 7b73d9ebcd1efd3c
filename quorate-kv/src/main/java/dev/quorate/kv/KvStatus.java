package dev.quorate.kv;

/**
 * The numbers of a store at one moment.
 *
 * @param revision the store revision
 * @param compactedRevision the last compaction, 0 for none
 * @param keys how many keys exist
 * @param clusterTimeMillis the cluster time of the last command, in milliseconds since 1970; 0 before the first
 */
public record KvStatus(long revision, long compactedRevision, long keys, long clusterTimeMillis) {}
