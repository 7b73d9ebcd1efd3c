package dev.quorate.server.chaos;

/**
 * A fault before it happens.
 *
 * @param atMillis when, from the beginning of the round
 * @param lastsMillis how long until it is taken back
 * @param seed decides everything else: whom it hits, and how
 */
record PlannedFault(FaultKind kind, long atMillis, long lastsMillis, long seed) {}
