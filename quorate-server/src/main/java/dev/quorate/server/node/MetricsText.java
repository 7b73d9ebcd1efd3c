package dev.quorate.server.node;

import dev.quorate.engine.NodeMetrics;
import dev.quorate.engine.NodeStatus;
import dev.quorate.grpc.PeerStatistics;
import dev.quorate.kv.KvStatus;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.RaftStatus.PeerMode;
import dev.quorate.raft.RaftStatus.PeerStatus;
import dev.quorate.raft.Role;
import dev.quorate.server.node.Exposition.Label;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What the node, its store and its transport tell of themselves, as a page for Prometheus. */
final class MetricsText {
    private final Exposition page = new Exposition();

    private MetricsText() {}

    /**
     * The page; each metric is on it whether it has samples or not.
     *
     * @param peers what the transport counted, empty for a node that is alone
     */
    static String of(NodeStatus status, KvStatus store, NodeMetrics metrics, List<PeerStatistics> peers) {
        MetricsText text = new MetricsText();
        text.ofStanding(status);
        text.ofLog(status);
        text.ofStore(status, store);
        text.ofRequests(metrics);
        text.ofLatencies(metrics);
        text.ofQueues(status, metrics.queues());
        text.ofSnapshots(metrics.snapshots());
        text.ofTransfers(status.transfers());
        text.ofFollowers(status.peers());
        text.ofTransport(peers);
        ProcessMetrics.write(text.page);
        return text.page.text();
    }

    private void ofStanding(NodeStatus status) {
        page.beginGauge("quorate_node_info", "1; the ids of the cluster and of this node, in hexadecimal.");
        page.sample(
                1,
                new Label("cluster", Long.toHexString(status.clusterId())),
                new Label("node", Long.toHexString(status.id().value())));
        flag("quorate_is_leader", "1 while this node leads.", status.role() == Role.LEADER);
        flag(
                "quorate_has_leader",
                "1 while this node knows a leader.",
                status.leader().isPresent());
        boolean learner = status.membership().learners().contains(status.id());
        flag("quorate_is_learner", "1 while this node has no vote.", learner);
        flag("quorate_is_rejoining", "1 while this node may not vote after a loss.", status.rejoining());
        flag("quorate_is_removed", "1 when the cluster has removed this node.", status.removed());
        flag(
                "quorate_is_quarantined",
                "1 when this replica must not serve reads.",
                status.quarantine().isPresent());
        flag(
                "quorate_is_halted",
                "1 when this node stopped because of a fault.",
                status.halted().isPresent());
        page.gauge(
                "quorate_members",
                "How many members the cluster has.",
                status.membership().members().size());
        page.gauge(
                "quorate_voters",
                "How many members vote.",
                status.membership().voters().size());
        page.gauge("quorate_membership_index", "The entry that brought the members.", status.membershipIndex());
        page.gauge(
                "quorate_alarms",
                "How many members raised an alarm.",
                status.alarms().size());
        page.gauge("quorate_term", "The term.", status.term());
    }

    private void ofLog(NodeStatus status) {
        page.gauge(
                "quorate_last_index",
                "The last entry of the log.",
                status.last().index());
        page.gauge("quorate_commit_index", "The last entry known to be committed.", status.commitIndex());
        page.gauge("quorate_applied_index", "The last entry whose effects are visible.", status.appliedIndex());
        page.gauge(
                "quorate_snapshot_index",
                "The last entry of the newest snapshot.",
                status.snapshot().index());
        page.gauge(
                "quorate_purged_index",
                "The entry that the log begins behind.",
                status.purged().index());
        page.gauge("quorate_log_bytes", "The size of the log.", status.logBytes());
    }

    private void ofStore(NodeStatus status, KvStatus store) {
        page.gauge("quorate_store_revision", "The revision of the store.", store.revision());
        page.gauge("quorate_store_compacted_revision", "The last compaction, 0 for none.", store.compactedRevision());
        page.gauge("quorate_store_keys", "How many keys exist.", store.keys());
        page.gauge(
                "quorate_sessions",
                "How many client sessions are open.",
                status.sessions().open());
        page.gauge(
                "quorate_session_answer_bytes",
                "The answers that are kept for client sessions.",
                status.sessions().answerBytes());
        page.counter(
                "quorate_session_repeated_total",
                "Commands of sessions that came again and were not applied again.",
                status.sessions().repeated());
    }

    private void ofRequests(NodeMetrics metrics) {
        page.beginHistogram(
                "quorate_propose_seconds",
                "Proposals with an answer: of clients of this node, and of peers that sent them on to it.");
        page.histogram(metrics.proposals().answered(), new Label("origin", "client"));
        page.histogram(metrics.peerProposals().answered(), new Label("origin", "peer"));
        page.beginHistogram("quorate_read_seconds", "Reads that had to wait for a confirmation or for the apply.");
        page.histogram(metrics.reads().answered());
        page.beginCounter("quorate_requests_rejected_total", "Requests without a result, by what they asked and why.");
        rejected("propose", metrics.proposals());
        rejected("propose_of_peer", metrics.peerProposals());
        rejected("read", metrics.reads());
    }

    private void rejected(String request, NodeMetrics.Requests counts) {
        counts.rejected()
                .forEach((why, count) ->
                        page.sample(count, new Label("request", request), new Label("reason", lower(why))));
    }

    private void ofLatencies(NodeMetrics metrics) {
        page.beginHistogram("quorate_fsync_seconds", "Syncs of the log, of all writes that had gathered each.");
        page.histogram(metrics.logSyncs());
        page.beginHistogram("quorate_apply_seconds", "Batches of entries applied by the state machine.");
        page.histogram(metrics.applies());
        page.beginHistogram(
                "quorate_append_seconds", "At the leader: messages with entries until they are durable at the peer.");
        metrics.appends().forEach((peer, histogram) -> page.histogram(histogram, Label.peer(peer)));
    }

    private void ofQueues(NodeStatus status, NodeMetrics.Queues queues) {
        page.gauge("quorate_proposals_in_flight", "Proposals taken and not answered.", status.proposalsInFlight());
        page.gauge("quorate_proposals_room", "How many proposals may be under way at present.", queues.proposalsRoom());
        page.gauge(
                "quorate_forwarded_in_flight", "Proposals sent on to the leader and not answered.", queues.forwarded());
        page.gauge("quorate_reads_in_flight", "Reads that wait.", status.readsInFlight());
        page.gauge("quorate_apply_waiters", "Those who wait for an index to be applied.", queues.waiters());
        page.gauge(
                "quorate_apply_backlog",
                "Entries committed and not applied.",
                Math.max(0, status.commitIndex() - status.appliedIndex()));
        page.gauge("quorate_inbox_messages", "Messages of peers that came in and wait.", queues.peerMessages());
        page.gauge("quorate_inbox_bytes", "The payload of messages of peers that wait.", queues.peerMessagesBytes());
        page.counter(
                "quorate_dropped_messages_total", "Messages of peers that were dropped.", status.droppedMessages());
    }

    private void ofSnapshots(NodeMetrics.Snapshots snapshots) {
        flag("quorate_snapshot_making", "1 while a snapshot is being made.", snapshots.making());
        page.gauge(
                "quorate_snapshot_making_bytes",
                "How much is written of the snapshot that is being made.",
                snapshots.makingBytes());
        page.counter("quorate_snapshots_made_total", "Snapshots made here.", snapshots.made());
        page.counter("quorate_snapshots_failed_total", "Snapshots that could not be made.", snapshots.failed());
        page.counter(
                "quorate_snapshots_installed_total",
                "Snapshots of a leader that replaced the state.",
                snapshots.installed());
    }

    private void ofTransfers(Map<NodeId, NodeStatus.Transfer> transfers) {
        transfers(
                transfers,
                "quorate_transfer_bytes",
                "Snapshot transfers that run: what has arrived.",
                NodeStatus.Transfer::bytesDone);
        transfers(
                transfers,
                "quorate_transfer_size_bytes",
                "Snapshot transfers that run: the size of the snapshot.",
                NodeStatus.Transfer::bytesTotal);
        transfers(
                transfers,
                "quorate_transfer_bytes_per_second",
                "Snapshot transfers that run: the rate since the beginning.",
                NodeStatus.Transfer::bytesPerSecond);
    }

    private void transfers(
            Map<NodeId, NodeStatus.Transfer> transfers,
            String name,
            String help,
            ToLongFunction<NodeStatus.Transfer> value) {
        page.beginGauge(name, help);
        transfers.forEach((peer, transfer) -> page.sample(
                value.applyAsLong(transfer),
                Label.peer(peer),
                new Label("direction", transfer.incoming() ? "in" : "out")));
    }

    private void ofFollowers(Map<NodeId, PeerStatus> peers) {
        followers(
                peers,
                "quorate_peer_match_index",
                "At the leader: how far the log of a member equals its own.",
                PeerStatus::matchIndex);
        followers(
                peers,
                "quorate_peer_next_index",
                "At the leader: the next entry to send to a member.",
                PeerStatus::nextIndex);
        followers(
                peers,
                "quorate_peer_active",
                "At the leader: 1 for a member that answered in an election timeout.",
                peer -> peer.recentlyActive() ? 1 : 0);
        followers(
                peers,
                "quorate_peer_caught_up",
                "At the leader: 1 for a member that lags by less than an election timeout.",
                peer -> peer.caughtUp() ? 1 : 0);
        followers(
                peers,
                "quorate_peer_in_flight",
                "At the leader: messages with entries that are not answered.",
                PeerStatus::inFlightMessages);
        page.beginGauge("quorate_peer_mode", "At the leader: 1 for the way in which a member gets entries.");
        peers.forEach((peer, now) -> {
            for (PeerMode mode : PeerMode.values()) {
                page.sample(now.mode() == mode, Label.peer(peer), new Label("mode", lower(mode)));
            }
        });
    }

    private void followers(Map<NodeId, PeerStatus> peers, String name, String help, ToLongFunction<PeerStatus> value) {
        page.beginGauge(name, help);
        peers.forEach((peer, now) -> page.sample(value.applyAsLong(now), Label.peer(peer)));
    }

    private void ofTransport(List<PeerStatistics> peers) {
        page.beginGauge("quorate_peer_connected", "1 while this node's own connection to the peer is open.");
        peers.forEach(peer -> page.sample(peer.connected(), Label.peer(peer.peer())));
        page.beginGauge("quorate_peer_ping_seconds", "The last ping and its answer, 0 when there was none.");
        peers.forEach(peer -> page.seconds(peer.roundTripNanos(), Label.peer(peer.peer())));
        counters(
                peers,
                "quorate_peer_sent_messages_total",
                "Messages handed to a connection to the peer.",
                PeerStatistics::messagesSent);
        counters(
                peers,
                "quorate_peer_sent_bytes_total",
                "The bytes handed to a connection to the peer.",
                PeerStatistics::bytesSent);
        counters(
                peers,
                "quorate_peer_received_messages_total",
                "Messages of the peer handed to the node.",
                PeerStatistics::messagesReceived);
        counters(
                peers,
                "quorate_peer_received_bytes_total",
                "The bytes that came from the peer.",
                PeerStatistics::bytesReceived);
        counters(
                peers,
                "quorate_peer_dropped_messages_total",
                "Messages not sent: the peer was not reachable, or its queue was full.",
                PeerStatistics::messagesDropped);
        counters(
                peers,
                "quorate_peer_frames_not_understood_total",
                "Frames of kinds that this version does not know, or malformed.",
                PeerStatistics::framesNotUnderstood);
        counters(
                peers,
                "quorate_peer_reconnects_total",
                "Open streams to the peer that were lost.",
                PeerStatistics::reconnects);
        page.beginGauge(
                "quorate_peer_queue_messages", "Messages that wait for a connection to the peer or for room in it.");
        queues(peers, PeerStatistics.Queue::messages);
        page.beginGauge("quorate_peer_queue_bytes", "About how many bytes wait for a connection to the peer.");
        queues(peers, PeerStatistics.Queue::bytes);
    }

    private void counters(List<PeerStatistics> peers, String name, String help, ToLongFunction<PeerStatistics> value) {
        page.beginCounter(name, help);
        peers.forEach(peer -> page.sample(value.applyAsLong(peer), Label.peer(peer.peer())));
    }

    private void queues(List<PeerStatistics> peers, ToLongFunction<PeerStatistics.Queue> value) {
        for (PeerStatistics peer : peers) {
            for (PeerStatistics.Queue queue : peer.queues()) {
                page.sample(value.applyAsLong(queue), Label.peer(peer.peer()), new Label("lane", queue.lane()));
            }
        }
    }

    private void flag(String name, String help, boolean on) {
        page.gauge(name, help, on ? 1 : 0);
    }

    private static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }
}
