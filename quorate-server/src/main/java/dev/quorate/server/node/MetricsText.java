package dev.quorate.server.node;

import dev.quorate.engine.NodeStatus;
import dev.quorate.kv.KvStatus;
import dev.quorate.raft.Role;
import java.util.Map;

/** The numbers of a server in the text format of Prometheus, version 0.0.4. */
final class MetricsText {
    private final StringBuilder text = new StringBuilder();

    private MetricsText() {}

    /** All that the status of the node and of its store tells. */
    static String of(NodeStatus status, KvStatus store) {
        MetricsText metrics = new MetricsText();
        metrics.ofNode(status);
        metrics.ofPeers(status);
        metrics.gauge("quorate_store_revision", "The revision of the store.", store.revision());
        metrics.gauge(
                "quorate_store_compacted_revision", "The last compaction, 0 for none.", store.compactedRevision());
        metrics.gauge("quorate_store_keys", "How many keys exist.", store.keys());
        return metrics.text.toString();
    }

    private void ofNode(NodeStatus status) {
        gauge("quorate_is_leader", "1 while this node leads.", flag(status.role() == Role.LEADER));
        gauge(
                "quorate_has_leader",
                "1 while this node knows a leader.",
                flag(status.leader().isPresent()));
        boolean learner = status.membership().learners().contains(status.id());
        gauge("quorate_is_learner", "1 while this node has no vote.", flag(learner));
        gauge("quorate_is_rejoining", "1 while this node may not vote after a loss.", flag(status.rejoining()));
        gauge(
                "quorate_is_halted",
                "1 when this node stopped because of a fault.",
                flag(status.halted().isPresent()));
        gauge(
                "quorate_members",
                "How many members the cluster has.",
                status.membership().members().size());
        gauge(
                "quorate_voters",
                "How many of them vote.",
                status.membership().voters().size());
        gauge("quorate_term", "The term.", status.term());
        gauge("quorate_last_index", "The last entry of the log.", status.last().index());
        gauge("quorate_commit_index", "The last entry known to be committed.", status.commitIndex());
        gauge("quorate_applied_index", "The last entry whose effects are visible.", status.appliedIndex());
        gauge(
                "quorate_snapshot_index",
                "The last entry of the newest snapshot.",
                status.snapshot().index());
        gauge(
                "quorate_purged_index",
                "The entry that the log begins behind.",
                status.purged().index());
        gauge("quorate_log_bytes", "The size of the log.", status.logBytes());
        gauge(
                "quorate_alarms",
                "How many members raised an alarm.",
                status.alarms().size());
        gauge("quorate_proposals_in_flight", "Proposals taken and not answered.", status.proposalsInFlight());
        gauge("quorate_reads_in_flight", "Reads that wait.", status.readsInFlight());
        head("quorate_dropped_messages_total", "counter", "Messages of peers that were dropped.");
        sample("quorate_dropped_messages_total", "", status.droppedMessages());
    }

    private void ofPeers(NodeStatus status) {
        head("quorate_peer_match_index", "gauge", "At the leader: how far the log of a member equals its own.");
        status.peers().forEach((peer, now) -> sample("quorate_peer_match_index", peer(peer), now.matchIndex()));
        head("quorate_peer_active", "gauge", "At the leader: 1 for a member that answered in an election timeout.");
        status.peers().forEach((peer, now) -> sample("quorate_peer_active", peer(peer), flag(now.recentlyActive())));
        head("quorate_peer_in_flight", "gauge", "At the leader: messages with entries that are not answered.");
        status.peers().forEach((peer, now) -> sample("quorate_peer_in_flight", peer(peer), now.inFlightMessages()));
        head("quorate_transfer_bytes", "gauge", "Snapshot transfers that run: what has arrived.");
        for (Map.Entry<?, NodeStatus.Transfer> transfer : status.transfers().entrySet()) {
            sample(
                    "quorate_transfer_bytes",
                    peer(transfer.getKey()),
                    transfer.getValue().bytesDone());
        }
        head("quorate_transfer_bytes_total", "gauge", "Snapshot transfers that run: the size of the snapshot.");
        for (Map.Entry<?, NodeStatus.Transfer> transfer : status.transfers().entrySet()) {
            sample(
                    "quorate_transfer_bytes_total",
                    peer(transfer.getKey()),
                    transfer.getValue().bytesTotal());
        }
    }

    private static String peer(Object id) {
        return "{peer=\"" + id + "\"}";
    }

    private static long flag(boolean on) {
        return on ? 1 : 0;
    }

    private void gauge(String name, String help, long value) {
        head(name, "gauge", help);
        sample(name, "", value);
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, long value) {
        text.append(name).append(labels).append(' ').append(value).append('\n');
    }
}
