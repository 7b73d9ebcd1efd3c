/**
 * The {@link dev.quorate.spi.Transport} between processes, over gRPC.
 *
 * <pre>
 *   LOOP, BULK ── send ──► PeerLane: bounded queue ──┐            one NetworkThread owns
 *                                                    ▼            all that is below
 *     each peer, each lane:  connection ═ stream ═ batches of frames ═► Acceptor ── received ──► the node
 *
 *     lane URGENT    heartbeats, votes, reads          never behind anything large: its own connection
 *     lane LOG       entries and their answers         payloads as they lie in the log
 *     lane SNAPSHOT  chunks and their answers          with the flow control of its own connection
 * </pre>
 *
 * <p>Each node dials each other one, and writes to the streams that it dialed; to a node whose address does not work it
 * answers by the streams which that one dialed. May import {@code dev.quorate.raft}, {@code dev.quorate.spi} and
 * {@code dev.quorate.tls}, never another adapter.
 */
@NullMarked
package dev.quorate.grpc;

import org.jspecify.annotations.NullMarked;
