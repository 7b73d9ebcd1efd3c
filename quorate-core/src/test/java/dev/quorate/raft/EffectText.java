package dev.quorate.raft;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** The effects of the core as one line of text each. Times are printed relative to the time of the step. */
final class EffectText implements Effect.Visitor<String> {
    private final MessageText messages;
    private long nowNanos;

    EffectText(MessageText messages) {
        this.messages = messages;
    }

    String print(Effect effect, long stepNanos) {
        nowNanos = stepNanos;
        return effect.accept(this);
    }

    static String leader(Optional<NodeId> leader) {
        return " leader=" + leader.map(NodeId::toString).orElse("none");
    }

    @Override
    public String proposalAccepted(Effect.ProposalAccepted effect) {
        return "accepted " + effect.first() + " count=" + effect.count();
    }

    @Override
    public String proposalRefused(Effect.ProposalRefused effect) {
        return "refused " + effect.reason() + leader(effect.leader());
    }

    @Override
    public String noOpAppended(Effect.NoOpAppended effect) {
        return "no-op " + effect.id();
    }

    @Override
    public String persist(Effect.Persist effect) {
        StringBuilder text = new StringBuilder("persist #" + effect.sequence());
        effect.hardState()
                .ifPresent(state -> text.append(" term=")
                        .append(state.term())
                        .append(" vote=")
                        .append(state.votedFor().map(NodeId::toString).orElse("none")));
        effect.resetTo().ifPresent(id -> text.append(" reset=").append(id));
        if (effect.truncateFrom() > 0) {
            text.append(" truncate=").append(effect.truncateFrom());
        }
        if (effect.first() > 0) {
            text.append(" entries=").append(effect.first()).append("..").append(effect.last());
        }
        return text.toString();
    }

    @Override
    public String send(Effect.Send effect) {
        return "send " + effect.to() + " " + messages.print(effect.message());
    }

    @Override
    public String commit(Effect.Commit effect) {
        return "commit " + effect.index();
    }

    @Override
    public String readReady(Effect.ReadReady effect) {
        return "read " + effect.readId() + " ready index=" + effect.readIndex();
    }

    @Override
    public String readRefused(Effect.ReadRefused effect) {
        return "read " + effect.readId() + " refused " + effect.reason() + leader(effect.leader());
    }

    @Override
    public String sendSnapshot(Effect.SendSnapshot effect) {
        return "send-snapshot " + effect.to();
    }

    @Override
    public String restoreSnapshot(Effect.RestoreSnapshot effect) {
        return "restore " + effect.lastIncluded();
    }

    @Override
    public String snapshotIgnored(Effect.SnapshotIgnored effect) {
        return "ignored " + effect.lastIncluded();
    }

    @Override
    public String roleChanged(Effect.RoleChanged effect) {
        return "role " + effect.role() + " term=" + effect.term() + leader(effect.leader());
    }

    @Override
    public String leaseChanged(Effect.LeaseChanged effect) {
        return effect.valid() ? "lease +" + (effect.untilNanos() - nowNanos) / 1_000_000 + "ms" : "lease revoked";
    }

    @Override
    public String membershipAppended(Effect.MembershipAppended effect) {
        return "membership " + effect.id() + " " + membership(effect.membership());
    }

    @Override
    public String membershipChanged(Effect.MembershipChanged effect) {
        return "in-force " + membership(effect.membership());
    }

    @Override
    public String membershipHeard(Effect.MembershipHeard effect) {
        return "heard-of " + membership(effect.membership());
    }

    @Override
    public String reconfigured(Effect.Reconfigured effect) {
        return "change " + effect.requestId() + " done " + membership(effect.membership());
    }

    @Override
    public String reconfigureRefused(Effect.ReconfigureRefused effect) {
        return "change " + effect.requestId() + " refused " + effect.reason() + leader(effect.leader()) + ": "
                + effect.why();
    }

    @Override
    public String transferred(Effect.Transferred effect) {
        return "transfer " + effect.requestId() + " done leader=" + effect.leader();
    }

    @Override
    public String transferRefused(Effect.TransferRefused effect) {
        return "transfer " + effect.requestId() + " refused " + effect.reason() + leader(effect.leader()) + ": "
                + effect.why();
    }

    /** A membership as the scripts write it; addresses only when there are any. */
    static String membership(Membership membership) {
        StringBuilder text = new StringBuilder("of=" + ids(membership.voters()));
        if (membership.isJoint()) {
            text.append(" outgoing=").append(ids(membership.outgoing()));
        }
        if (!membership.learners().isEmpty()) {
            text.append(" learners=").append(ids(membership.learners()));
        }
        membership.addresses().forEach((id, address) -> {
            if (!address.isEmpty()) {
                text.append(' ').append(id).append('@').append(address);
            }
        });
        return text.toString();
    }

    private static String ids(Collection<NodeId> ids) {
        return ids.stream().map(NodeId::toString).collect(Collectors.joining(","));
    }
}
