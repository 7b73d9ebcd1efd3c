package dev.quorate.server.drill;

/**
 * How a member that had been killed came back under load, in seconds since its process was started again.
 *
 * @param servesSeconds until it answered linearizable reads, the start of the JVM included
 * @param caughtUpSeconds until it had applied all that the leader had committed a moment before
 */
record Return(double servesSeconds, double caughtUpSeconds) {}
