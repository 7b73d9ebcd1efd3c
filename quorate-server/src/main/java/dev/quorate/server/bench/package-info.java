/**
 * A load generator for whatever speaks the etcd v3 API.
 *
 * <pre>
 *   Load ──► BenchRun: fill ─► warm-up ─► measured ─► verify ──► Result ──► TextReport, JsonReport
 *               each of the first three is a Loop:
 *
 *   closed   Client ──► call ──► answer, on the network thread ──► Tally, Ledger ──► its next call, there
 *   open     RateSchedule ──► pace thread ──► an idle Client ──► call ──► answer ──► idle again
 * </pre>
 *
 * <p>A client is an object and no thread: all of them live on the network threads of their connections. The command's
 * own thread waits and shows the progress. The {@code Tally} counts what was measured, the {@code Ledger} remembers
 * what was acknowledged, in every part of the run, so that it can be looked for in the end.
 */
@NullMarked
package dev.quorate.server.bench;

import org.jspecify.annotations.NullMarked;
