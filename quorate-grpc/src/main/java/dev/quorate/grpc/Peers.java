package dev.quorate.grpc;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.InvalidRequestException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes: members, those that were until lately, and those that have called. Any thread looks them up; what
 * happens to them is done by the network thread.
 */
final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    private final Wiring wiring;
    private final PlaintextRule plaintext;
    private final Map<NodeId, Peer> all = new ConcurrentHashMap<>();
    private boolean started;

    Peers(Wiring wiring, PlaintextRule plaintext) {
        this.wiring = wiring;
        this.plaintext = plaintext;
    }

    /** The peer with this id; null for one that was never heard of. Any thread. */
    @Nullable
    Peer find(NodeId id) {
        return all.get(id);
    }

    /** Makes all members known, so that messages to them wait for the change of addresses behind this. Any thread. */
    void expect(Membership membership) {
        for (NodeId id : membership.members()) {
            if (!id.equals(wiring.self())) {
                peer(id);
            }
        }
    }

    /** The counts of all, in the order of their ids. Any thread. */
    List<PeerStatistics> statistics() {
        return all.values().stream()
                .sorted(Comparator.comparing(Peer::id))
                .map(Peer::statistics)
                .toList();
    }

    /** Calls are accepted, and members called, from now on. Network thread, as all below. */
    void start() {
        started = true;
        all.values().forEach(Peer::connect);
    }

    boolean isStarted() {
        return started;
    }

    /** Takes the addresses of a membership into use. */
    void readdress(Membership membership) {
        for (Peer peer : all.values()) {
            if (!membership.contains(peer.id())) {
                peer.departed();
            }
        }
        membership.addresses().forEach((id, address) -> {
            if (!id.equals(wiring.self())) {
                Peer peer = peer(id);
                peer.joined(read(id, address));
                if (started) {
                    peer.connect();
                }
            }
        });
    }

    /** The peer that calls; empty when too many others have. */
    Optional<Peer> caller(NodeId id) {
        if (!all.containsKey(id) && all.size() >= TransportLimits.PEERS_MAX && !forgetOne()) {
            return Optional.empty();
        }
        return Optional.of(peer(id));
    }

    void close() {
        started = false;
        all.values().forEach(peer -> peer.close("node " + wiring.self() + " stops"));
    }

    private Peer peer(NodeId id) {
        return all.computeIfAbsent(id, unknown -> new Peer(wiring, unknown));
    }

    private boolean forgetOne() {
        for (Peer peer : all.values()) {
            if (!peer.isMember() && !peer.isInUse()) {
                peer.close("forgotten");
                return all.remove(peer.id(), peer);
            }
        }
        return false;
    }

    /** An address that cannot be used is no reason to halt: the member may still call. */
    private PeerAddress read(NodeId id, String text) {
        try {
            List<PeerUrl> urls = PeerAddress.parse(text).urls();
            return new PeerAddress(
                    urls.stream().filter(url -> mayBeCalled(id, url)).toList());
        } catch (InvalidRequestException e) {
            noteNotUsed(id, e);
            return PeerAddress.NONE;
        }
    }

    private boolean mayBeCalled(NodeId id, PeerUrl url) {
        try {
            plaintext.check(url);
            return true;
        } catch (InvalidRequestException e) {
            noteNotUsed(id, e);
            return false;
        }
    }

    private void noteNotUsed(NodeId id, InvalidRequestException e) {
        if (wiring.notices().isDue("address not used " + id + " " + e.getMessage())) {
            LOG.warn("peer address not used node={} peer={} reason={}", wiring.self(), id, e.getMessage());
        }
    }
}
