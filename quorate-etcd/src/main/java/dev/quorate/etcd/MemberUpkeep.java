package dev.quorate.etcd;

import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.RaftStatus.PeerStatus;
import dev.quorate.raft.Role;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does about the membership by itself, on a thread of its own, for as long as the server runs:
 *
 * <ul>
 *   <li>it tells its name and the URLs of its clients to the cluster, when the membership says something else;
 *   <li>while it leads, it gives a vote to each learner that is to have one ({@link MemberAddress#voteDue}) and has
 *       caught up.
 * </ul>
 *
 * Both are ordinary changes of membership, one at a time. One that fails is made again at the next look, until the
 * membership is as it should be: whatever became of the first, a repetition changes nothing. A member that was away
 * tells nothing before it has seen what the others did meanwhile, and never overwrites an address it has not seen.
 */
public final class MemberUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberUpkeep.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final QuorateNode node;
    private final MemberAddress self;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean changing = new AtomicBoolean();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    private final CompletableFuture<Void> looked = new CompletableFuture<>();

    private MemberUpkeep(QuorateNode node, MemberAddress self) {
        this.node = node;
        this.self = self;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "quorate-member");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Begins.
     *
     * @param self the name and the client URLs of this member, and its peer URLs for a membership that has none
     */
    public static MemberUpkeep start(QuorateNode node, MemberAddress self) {
        MemberUpkeep upkeep = new MemberUpkeep(node, self);
        var unused = upkeep.thread.scheduleWithFixedDelay(upkeep::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        return upkeep;
    }

    /** Completes when the first look, and what it began, has ended, whatever came of it. */
    public CompletableFuture<Void> looked() {
        return looked;
    }

    /** Completes when the cluster has removed this member. */
    public CompletableFuture<Void> removed() {
        return removed;
    }

    private void look() {
        try {
            NodeStatus status = node.status();
            if (status.removed()) {
                removed.complete(null);
                return;
            }
            if (changing.get()) {
                return;
            }
            if (announcement(status).isPresent()) {
                announce();
            } else {
                looked.complete(null);
                vote(status).ifPresent(this::make);
            }
        } catch (RuntimeException unexpected) {
            // Thrown on, it would end the looks without a word.
            LOG.error("member.upkeep-failed node={}", node.id(), unexpected);
        }
    }

    /** Looks again after a linearizable read: what this node knew when it started may be long out of date. */
    private void announce() {
        changing.set(true);
        var unused = node.read(ReadConsistency.LINEARIZABLE, node::status).whenComplete((status, failure) -> {
            Optional<MembershipChange> due = failure == null ? announcement(status) : Optional.empty();
            if (due.isPresent()) {
                make(due.get());
            } else {
                ended();
            }
        });
    }

    private void ended() {
        changing.set(false);
        looked.complete(null);
    }

    private Optional<MembershipChange> announcement(NodeStatus status) {
        Membership membership = status.membership();
        if (!membership.contains(node.id()) || membership.isJoint()) {
            return Optional.empty();
        }
        MemberAddress known = Members.addressOf(membership, node.id());
        boolean learner = membership.learners().contains(node.id());
        MemberAddress wanted = known.withSelf(self.name(), self.clientUrls()).withVoteDue(known.voteDue() && learner);
        if (known.peerUrls().isEmpty()) {
            wanted = wanted.withPeerUrls(self.peerUrls());
        }
        return wanted.equals(known)
                ? Optional.empty()
                : Optional.of(MembershipChange.exchangeAddress(
                        node.id(), membership.addresses().getOrDefault(node.id(), ""), wanted.text()));
    }

    private static Optional<MembershipChange> vote(NodeStatus status) {
        Membership membership = status.membership();
        if (status.role() != Role.LEADER || membership.isJoint()) {
            return Optional.empty();
        }
        for (NodeId learner : membership.learners()) {
            PeerStatus peer = status.peers().get(learner);
            boolean ready = peer != null && peer.recentlyActive() && peer.caughtUp() && peer.matchIndex() > 0;
            if (ready && Members.addressOf(membership, learner).voteDue()) {
                return Optional.of(MembershipChange.promote(learner));
            }
        }
        return Optional.empty();
    }

    private void make(MembershipChange change) {
        changing.set(true);
        var unused = node.reconfigure(change).whenComplete((membership, failure) -> {
            ended();
            if (failure == null) {
                LOG.info("member.upkeep node={} change={}", node.id(), change);
            } else {
                LOG.debug("member.upkeep-refused node={} change={} reason={}", node.id(), change, failure.toString());
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
