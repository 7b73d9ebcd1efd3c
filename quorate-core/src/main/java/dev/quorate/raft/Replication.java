package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.PeerMode;
import dev.quorate.raft.RaftStatus.PeerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a leader brings its log to every other member, learners included (Raft §5.3), and counts who has it.
 *
 * <pre>
 *            accepted                       nextIndex is purged
 *   PROBE ─────────────► REPLICATE    PROBE ────────────────────► SNAPSHOT
 *     ▲ ◄─ refused, stalled ─┘          ▲ ◄── delivered, or time to retry ─┘
 * </pre>
 *
 * In {@code REPLICATE} messages follow each other up to the limits of the window; while it is full, entries gather, and
 * the next answer lets them go in one message. Lost messages are noticed by a refusal, or by an echo of a heartbeat
 * while nothing moved for {@link #STALL_HEARTBEATS}: a peer that is not there costs heartbeats only.
 */
final class Replication {
    /** Unanswered for so many heartbeats, a message is taken for lost. */
    static final int STALL_HEARTBEATS = 2;

    private final Core core;
    private final Rounds rounds;
    private final Transfers transfers;
    private final Peer me;
    private final Peer[] peers;
    private final Quorum quorum;

    /** Nothing is known of anyone yet, but that each has an election timeout's time to answer. */
    Replication(Core core, Rounds rounds, Transfers transfers) {
        this.core = core;
        this.rounds = rounds;
        this.transfers = transfers;
        long next = core.log.lastIndex() + 1;
        this.me = new Peer(core.self, next, core.nowNanos());
        List<Peer> members = new ArrayList<>();
        for (NodeId member : core.membership().members()) {
            members.add(member.equals(core.self) ? me : new Peer(member, next, core.nowNanos()));
        }
        this.quorum = new Quorum(core.membership(), members);
        members.remove(me);
        this.peers = members.toArray(new Peer[0]);
    }

    /** True when there is anyone to send to. */
    boolean hasPeers() {
        return peers.length > 0;
    }

    /** The greatest index that is durable at a quorum. */
    long quorumMatch() {
        me.matchIndex = core.gate.persistedIndex();
        return quorum.reached(Quorum.Measure.MATCH);
    }

    /** The newest round that a quorum has echoed. */
    long quorumRound() {
        me.confirmedRound = rounds.current();
        return quorum.reached(Quorum.Measure.ROUND);
    }

    /** The latest time since when a quorum has answered. */
    long quorumHeardNanos() {
        me.heardNanos = core.nowNanos();
        return quorum.reached(Quorum.Measure.HEARD);
    }

    /** Sends what each peer may get. */
    void sendAll() {
        for (Peer peer : peers) {
            send(peer, core.options.appendEntriesMax());
        }
    }

    /** Sends a heartbeat of the current round. */
    void heartbeat(boolean votersOnly) {
        for (Peer peer : peers) {
            if (!votersOnly || core.membership().isVoter(peer.id)) {
                heartbeat(peer);
            }
        }
    }

    /** Sends what this member may get. */
    void send(NodeId id) {
        send(peer(id), core.options.appendEntriesMax());
    }

    /**
     * A member accepted entries, or a probe; what follows is sent by {@link #send}, once the commit index is up to
     * date.
     */
    Optional<Rejection> accepted(NodeId from, Message.AppendAccepted message) {
        Peer peer = peer(from);
        if (message.matchIndex() > core.log.lastIndex() || message.round() > rounds.current()) {
            return Optional.of(Rejection.IMPOSSIBLE_ANSWER);
        }
        heard(peer, message.round());
        boolean answersProbe = peer.mode == PeerMode.PROBE && message.matchIndex() >= peer.nextIndex - 1;
        boolean moved = peer.matched(message.matchIndex(), core.nowNanos());
        if (peer.mode != PeerMode.REPLICATE && (moved || answersProbe)) {
            peer.replicate(core.nowNanos());
        }
        return Optional.empty();
    }

    /** A member's log does not hold what the message built on. */
    Optional<Rejection> rejected(NodeId from, Message.AppendRejected message) {
        Peer peer = peer(from);
        if (message.prevIndex() > core.log.lastIndex() || message.round() > rounds.current()) {
            return Optional.of(Rejection.IMPOSSIBLE_ANSWER);
        }
        heard(peer, message.round());
        boolean current = peer.mode == PeerMode.REPLICATE
                ? message.prevIndex() > peer.matchIndex
                : peer.mode == PeerMode.PROBE
                        && message.prevIndex() > peer.matchIndex
                        && message.prevIndex() == peer.nextIndex - 1;
        if (current) {
            peer.probeFrom(Math.max(peer.matchIndex, agreement(message)) + 1);
            send(peer, core.options.appendEntriesMax());
        }
        return Optional.empty();
    }

    /** A member echoed a heartbeat: it is there, so what it did not answer may be lost. */
    Optional<Rejection> echoed(NodeId from, Message.HeartbeatResponse message) {
        Peer peer = peer(from);
        if (message.round() > rounds.current()) {
            return Optional.of(Rejection.IMPOSSIBLE_ANSWER);
        }
        heard(peer, message.round());
        long now = core.nowNanos();
        boolean stalled = peer.isStalled(now, STALL_HEARTBEATS * core.options.heartbeatNanos());
        boolean retrySnapshot =
                peer.mode == PeerMode.SNAPSHOT && !transfers.isRunning(from) && now >= peer.snapshotRetryNanos;
        if (stalled || retrySnapshot) {
            peer.probeFrom(peer.matchIndex + 1);
            // One entry: should the peer be slow and not deaf, no more than that is sent twice.
            send(peer, 1);
        } else {
            send(peer, core.options.appendEntriesMax());
        }
        return Optional.empty();
    }

    /** A transfer ended. */
    void snapshotDelivered(Input.SnapshotDelivered input) {
        transfers.end(input.to());
        for (Peer peer : peers) {
            if (peer.id.equals(input.to()) && peer.mode == PeerMode.SNAPSHOT) {
                if (input.installed()) {
                    long index = input.lastIncluded().index();
                    Invariant.check(index <= core.log.lastIndex(), "a snapshot beyond the log was sent", index);
                    peer.probeFrom(Math.max(peer.matchIndex, index) + 1);
                    send(peer, core.options.appendEntriesMax());
                } else {
                    peer.snapshotRetryNanos = core.nowNanos() + core.options.electionTimeoutNanos();
                }
            }
        }
    }

    /** Checks what must hold of every peer. */
    void check() {
        for (Peer peer : peers) {
            Invariant.check(peer.matchIndex < peer.nextIndex, "match not below next", peer.matchIndex, peer.nextIndex);
            Invariant.check(
                    peer.nextIndex <= core.log.lastIndex() + 1,
                    "next beyond the log",
                    peer.nextIndex,
                    core.log.lastIndex());
        }
    }

    /** A picture of the peers. */
    SortedMap<NodeId, PeerStatus> status() {
        SortedMap<NodeId, PeerStatus> status = new TreeMap<>();
        for (Peer peer : peers) {
            boolean active = core.nowNanos() - peer.heardNanos < core.options.electionTimeoutNanos();
            status.put(
                    peer.id,
                    new PeerStatus(peer.matchIndex, peer.nextIndex, peer.mode, peer.inFlightMessages(), active));
        }
        return status;
    }

    private void heartbeat(Peer peer) {
        long known = Math.min(core.ladder.commit(), peer.matchIndex);
        core.outbox.send(peer.id, new Message.Heartbeat(core.term(), known, rounds.current()));
    }

    private void heard(Peer peer, long round) {
        peer.heardNanos = core.nowNanos();
        peer.confirmedRound = Math.max(peer.confirmedRound, round);
    }

    private Peer peer(NodeId id) {
        for (Peer peer : peers) {
            if (peer.id.equals(id)) {
                return peer;
            }
        }
        throw new InvariantViolation("an answer of a member without a record: " + id);
    }

    private void send(Peer peer, int entriesMax) {
        switch (peer.mode) {
            case PROBE -> {
                if (!peer.isProbing() && isReachable(peer)) {
                    long last = lastFitting(peer.nextIndex, entriesMax);
                    append(peer, last);
                    peer.probed(last, core.log.bytes(peer.nextIndex, last), core.nowNanos());
                }
            }
            case REPLICATE -> {
                while (peer.nextIndex <= core.log.lastIndex() && isReachable(peer)) {
                    long last = lastFitting(peer.nextIndex, entriesMax);
                    long bytes = core.log.bytes(peer.nextIndex, last);
                    if (!peer.isWindowOpen(bytes, core.options)) {
                        return;
                    }
                    append(peer, last);
                    peer.sent(last, bytes, core.nowNanos());
                }
            }
            case SNAPSHOT -> {
                // Nothing fits behind what the peer has until the snapshot is there.
            }
        }
    }

    private void append(Peer peer, long last) {
        long prevIndex = peer.nextIndex - 1;
        LogId prev = prevIndex == 0 ? LogId.ZERO : new LogId(core.log.termAt(prevIndex), prevIndex);
        List<TermRun> entries = core.log.runs(peer.nextIndex, last);
        core.outbox.send(
                peer.id, new Message.AppendEntries(core.term(), prev, entries, core.ladder.commit(), rounds.current()));
    }

    /** True when the log still holds what the peer needs; else the peer is made to wait for a snapshot. */
    private boolean isReachable(Peer peer) {
        if (peer.nextIndex - 1 >= core.log.purged().index()) {
            return true;
        }
        peer.awaitSnapshot();
        if (transfers.begin(peer.id)) {
            core.outbox.add(new Effect.SendSnapshot(peer.id));
        }
        return false;
    }

    /** The last index of a message from {@code first} on; {@code first - 1} when there is nothing to send. */
    private long lastFitting(long first, int entriesMax) {
        long end = Math.min(core.log.lastIndex(), first + entriesMax - 1);
        long room = core.options.appendBytesMax();
        long last = first - 1;
        while (last < end) {
            room -= core.log.sizeAt(last + 1);
            if (room < 0 && last >= first) {
                break;
            }
            last++;
        }
        return last;
    }

    /**
     * The greatest index at which the logs may agree, from what the refusal tells. Each side names a whole term: one
     * round trip for each term that differs, not for each entry.
     */
    private long agreement(Message.AppendRejected message) {
        long below = message.prevIndex() - 1;
        if (message.conflict().isEmpty()) {
            return Math.min(below, message.lastIndex());
        }
        LogId conflict = message.conflict().get();
        long last = core.log.lastIndexOfTermAtMost(conflict.term(), below);
        boolean shared = core.log.termAt(last) == conflict.term() && last >= conflict.index();
        return shared ? last : Math.min(last, conflict.index() - 1);
    }
}
