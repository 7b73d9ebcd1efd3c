/**
 * Faults for real: server processes, each with a network, a disk and a clock that can be made to fail, clients that
 * record what they see, and the checker of histories over it. {@link dev.quorate.server.chaos.ChaosCommand} runs one
 * {@link dev.quorate.server.chaos.Round} after the other; {@link dev.quorate.server.chaos.FaultyServer} is what runs in
 * the processes.
 *
 * <p>Threads: each client has one of its own, each relay has two a connection; the nemesis runs on the thread of the
 * round.
 */
@NullMarked
package dev.quorate.server.chaos;

import org.jspecify.annotations.NullMarked;
