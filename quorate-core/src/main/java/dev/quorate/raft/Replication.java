package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.PeerMode;
import dev.quorate.raft.RaftStatus.PeerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a leader brings its log to every other member, learners included (Raft §5.3), and counts who has it, by the
 * membership in force.
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

    /** So many election timeouts long, a node that was removed is sent the entry that removed it. */
    static final int LEAVING_TIMEOUTS = 10;

    private final Core core;
    private final Rounds rounds;
    private final Transfers transfers;
    private final Peer me;
    /** All others that get the log: the members of the membership in force, and those that are being removed. */
    private Peer[] peers = {};

    private Quorum quorum;

    /** Nothing is known of anyone yet, but that each has an election timeout's time to answer. */
    Replication(Core core, Rounds rounds, Transfers transfers) {
        this.core = core;
        this.rounds = rounds;
        this.transfers = transfers;
        this.me = new Peer(core.self, core.log.lastIndex() + 1, core.nowNanos());
        this.quorum = new Quorum(Membership.NONE, List.of());
        membershipChanged();
    }

    /**
     * Another membership is in force: counts and sends by it from now on. A node that is not in it any more gets the
     * log until it knows that, or has had time enough to.
     */
    void membershipChanged() {
        Membership membership = core.membership();
        List<Peer> members = new ArrayList<>();
        List<Peer> receivers = new ArrayList<>();
        for (NodeId member : membership.members()) {
            if (member.equals(core.self)) {
                members.add(me);
            } else {
                Peer peer = find(member);
                peer = peer != null ? peer : new Peer(member, core.log.lastIndex() + 1, core.nowNanos());
                peer.leavesNanos = Election.NEVER;
                peer.advanceRound(core.log.lastIndex(), core.nowNanos());
                members.add(peer);
                receivers.add(peer);
            }
        }
        for (Peer peer : peers) {
            if (!membership.contains(peer.id)) {
                peer.leavesNanos = core.nowNanos() + LEAVING_TIMEOUTS * core.options.electionTimeoutNanos();
                receivers.add(peer);
            }
        }
        peers = receivers.toArray(new Peer[0]);
        quorum = new Quorum(membership, members);
    }

    /** Forgets those that are being removed and know it, or cannot be told. */
    void dismissLeaving() {
        long membershipIndex = core.memberships.index();
        for (Peer peer : peers) {
            boolean told = peer.matchIndex >= membershipIndex && core.ladder.commit() >= membershipIndex;
            if (peer.isLeaving() && (told || core.nowNanos() >= peer.leavesNanos)) {
                List<Peer> rest = new ArrayList<>(List.of(peers));
                rest.remove(peer);
                peers = rest.toArray(new Peer[0]);
            }
        }
    }

    /** True when this node gets the log, and so may answer. */
    boolean isReceiver(NodeId id) {
        return find(id) != null;
    }

    /** True when this peer answered within the last election timeout. */
    boolean isActive(NodeId id) {
        Peer peer = find(id);
        return peer != null && core.nowNanos() - peer.heardNanos < core.options.electionTimeoutNanos();
    }

    /** True when this peer lags by less than an election timeout. */
    boolean isCaughtUp(NodeId id) {
        Peer peer = find(id);
        return peer != null && peer.isCaughtUp(core.nowNanos(), core.options.electionTimeoutNanos());
    }

    /** How many rounds of catching up this peer has ended (thesis §4.2.1). */
    long roundsEnded(NodeId id) {
        return peer(id).roundsEnded();
    }

    /** When this peer last answered. */
    long heardNanos(NodeId id) {
        return peer(id).heardNanos;
    }

    /** How far this peer's log is known to equal the leader's. */
    long matchIndex(NodeId id) {
        return peer(id).matchIndex;
    }

    /** The voter that is best to lead next: there, of the highest priority, then with the longest log. */
    Optional<NodeId> successor() {
        Peer best = null;
        for (Peer peer : peers) {
            boolean eligible = core.membership().voters().contains(peer.id)
                    && core.nowNanos() - peer.heardNanos < core.options.electionTimeoutNanos();
            if (eligible
                    && (best == null
                            || peer.priority > best.priority
                            || (peer.priority == best.priority && peer.matchIndex > best.matchIndex))) {
                best = peer;
            }
        }
        return Optional.ofNullable(best).map(peer -> peer.id);
    }

    /** A voter that has caught up and would rather lead than this node. */
    Optional<NodeId> preferred() {
        return successor().filter(id -> peer(id).priority > core.options.priority() && isCaughtUp(id));
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
            peer.advanceRound(core.log.lastIndex(), core.nowNanos());
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
        peer.advanceRound(core.log.lastIndex(), core.nowNanos());
        if (peer.mode != PeerMode.REPLICATE && (moved || answersProbe)) {
            long alreadySent = peer.alreadySent();
            peer.replicate(core.nowNanos());
            if (alreadySent >= peer.nextIndex
                    && peer.nextIndex > core.log.purged().index()) {
                peer.sent(alreadySent, core.log.bytes(peer.nextIndex, alreadySent), core.nowNanos());
            }
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
        peer.priority = message.priority();
        long now = core.nowNanos();
        boolean stalled = peer.isStalled(now, STALL_HEARTBEATS * core.options.heartbeatNanos());
        boolean retrySnapshot =
                peer.mode == PeerMode.SNAPSHOT && !transfers.isRunning(from) && now >= peer.snapshotRetryNanos;
        if (stalled || retrySnapshot) {
            peer.stalled();
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
                long index = input.lastIncluded().index();
                if (input.installed() && index >= core.log.purged().index()) {
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
            status.put(
                    peer.id,
                    new PeerStatus(
                            peer.matchIndex,
                            peer.nextIndex,
                            peer.mode,
                            peer.inFlightMessages(),
                            isActive(peer.id),
                            isCaughtUp(peer.id)));
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
        Peer peer = find(id);
        if (peer == null) {
            throw new InvariantViolation("a node without a record: " + id);
        }
        return peer;
    }

    private @Nullable Peer find(NodeId id) {
        for (Peer peer : peers) {
            if (peer.id.equals(id)) {
                return peer;
            }
        }
        return null;
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
                while (peer.nextIndex <= core.log.lastIndex()
                        && !peer.isWindowFull(core.options)
                        && isReachable(peer)) {
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
