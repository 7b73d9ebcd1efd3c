/**
 * The runtime around one Raft group: the node, its four duty cycles, the
 * {@link dev.quorate.engine.StateMachineHandler}.
 *
 * <pre>
 *   callers ──┐                      ┌── peers
 *             ▼        Inbox         ▼
 *   LOOP   owns Raft and everything that talks to it
 *   LOG    owns the writing side of RaftLog: one fsync for all that has gathered
 *   APPLY  owns the StateMachine
 *   BULK   owns snapshot files, snapshot streams and reads of old entries
 * </pre>
 *
 * Between the cycles travel values and numbers that only grow. May import {@code dev.quorate.raft} and
 * {@code dev.quorate.spi}; slf4j is the only library.
 */
@NullMarked
package dev.quorate.engine;

import org.jspecify.annotations.NullMarked;
