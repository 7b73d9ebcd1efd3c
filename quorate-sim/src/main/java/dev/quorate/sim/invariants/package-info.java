/**
 * What must hold in every world, one small class for each property, with the names of the Raft paper (figure 3) and of
 * the thesis.
 *
 * <pre>
 *   watchers of the ports (log, snapshots, state machine, transport, core) ──► NodeRecord: what one node has
 *                                                                         └──► Rules: one class an invariant
 *                                                                                  │ a committed entry
 *                                                                                  ▼
 *                                                                              Ledger: what the cluster has
 * </pre>
 *
 * <p>Nothing here asks the engine what it believes: the records are kept from what went through the ports. Owned by the
 * thread of the world.
 */
@NullMarked
package dev.quorate.sim.invariants;

import org.jspecify.annotations.NullMarked;
