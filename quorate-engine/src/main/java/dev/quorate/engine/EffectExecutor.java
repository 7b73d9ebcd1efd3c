package dev.quorate.engine;

import dev.quorate.raft.Effect;
import dev.quorate.raft.Input;
import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.Message;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.PeerMessage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the core wants, one effect after the other, each begun before the next. Owned by LOOP.
 *
 * <p>What goes to LOG and APPLY is left there quietly, and the two are woken once at the end of a step of LOOP: batches
 * cross between threads, not items.
 */
final class EffectExecutor implements Effect.Visitor<EffectExecutor> {
    private static final Logger LOG = LoggerFactory.getLogger(EffectExecutor.class);

    private final LoopParts parts;
    private List<Entry> arrived = List.of();
    private long nowNanos;
    private boolean logTouched;
    private boolean applyTouched;
    private boolean membershipTouched;

    EffectExecutor(LoopParts parts) {
        this.parts = parts;
    }

    /**
     * Executes the effects of one step of the core, front to back.
     *
     * @param entries those that came with the input, from which the effects may have some written
     */
    void execute(long now, List<Effect> effects, List<Entry> entries) {
        nowNanos = now;
        arrived = entries;
        for (int place = 0; place < effects.size(); place++) {
            effects.get(place).accept(this);
        }
        arrived = List.of();
    }

    /** Wakes the cycles that got something since the last call. */
    void wakeTouched() {
        if (logTouched) {
            logTouched = false;
            parts.log().wake();
        }
        if (applyTouched) {
            applyTouched = false;
            parts.apply().wake();
        }
    }

    /** True, once, when another membership is in force than at the last call. */
    boolean tookMembership() {
        boolean took = membershipTouched;
        membershipTouched = false;
        return took;
    }

    @Override
    public EffectExecutor proposalAccepted(Effect.ProposalAccepted effect) {
        parts.intake().accepted(effect.first(), effect.count());
        return this;
    }

    @Override
    public EffectExecutor proposalRefused(Effect.ProposalRefused effect) {
        parts.intake().refused(effect.reason(), effect.leader());
        return this;
    }

    @Override
    public EffectExecutor noOpAppended(Effect.NoOpAppended effect) {
        parts.cache()
                .append(new Entry(
                        effect.id(), EntryKind.NO_OP, Bytes.EMPTY, parts.time().stamp()));
        return this;
    }

    @Override
    public EffectExecutor persist(Effect.Persist effect) {
        EntryCache cache = parts.cache();
        effect.resetTo().ifPresent(to -> cache.resetTo(to.index()));
        if (effect.truncateFrom() > 0) {
            cache.truncateFrom(effect.truncateFrom());
        }
        List<Entry> entries = effect.first() == 0 ? List.of() : entries(effect.first(), effect.last());
        parts.installs().issued(effect.sequence());
        parts.log().offerQuietly(new LogWrite(effect, entries));
        logTouched = true;
        return this;
    }

    /** The entries to write: those that came with the message go into the cache first, the others are there. */
    private List<Entry> entries(long first, long last) {
        int count = (int) (last - first + 1);
        if (arrived.isEmpty()) {
            List<Entry> own = parts.cache().range(first, last, count, Long.MAX_VALUE);
            Invariant.check(own.size() == count, "own entries in the cache", own.size(), count);
            return own;
        }
        int from = (int) (first - arrived.get(0).index());
        Invariant.check(
                from >= 0 && from + count <= arrived.size(), "entries to write came with the message", first, last);
        List<Entry> wanted = arrived.subList(from, from + count);
        for (int place = 0; place < count; place++) {
            parts.cache().append(wanted.get(place));
        }
        parts.time().observe(wanted.get(count - 1).timeMillis());
        return wanted;
    }

    @Override
    public EffectExecutor send(Effect.Send effect) {
        if (effect.message() instanceof Message.AppendEntries append) {
            if (append.count() > 0) {
                parts.roundTrips().sent(effect.to(), append.last().index(), nowNanos);
            }
            parts.lanes().send(effect.to(), append);
        } else {
            parts.transport().send(effect.to(), PeerMessage.Protocol.of(effect.message()));
        }
        return this;
    }

    @Override
    public EffectExecutor commit(Effect.Commit effect) {
        parts.view().commitIndex(effect.index());
        parts.handler().updatePending(effect.index());
        applyTouched = true;
        parts.trigger().committed(nowNanos, effect.index());
        return this;
    }

    @Override
    public EffectExecutor readReady(Effect.ReadReady effect) {
        parts.reads().ready(effect.readId(), effect.readIndex());
        return this;
    }

    @Override
    public EffectExecutor readRefused(Effect.ReadRefused effect) {
        parts.reads().refused(effect.readId(), effect.reason(), effect.leader());
        return this;
    }

    @Override
    public EffectExecutor sendSnapshot(Effect.SendSnapshot effect) {
        DutyCycle loop = parts.loop();
        var unused = parts.senders()
                .send(effect.to(), parts.view().term())
                .whenComplete((delivery, failure) -> loop.offer(new Told(new Input.SnapshotDelivered(
                        effect.to(),
                        delivery == null ? LogId.ZERO : delivery.lastIncluded().orElse(LogId.ZERO),
                        delivery != null && delivery.installed()))));
        return this;
    }

    @Override
    public EffectExecutor restoreSnapshot(Effect.RestoreSnapshot effect) {
        parts.installs().answer(effect.lastIncluded(), true);
        return this;
    }

    @Override
    public EffectExecutor snapshotIgnored(Effect.SnapshotIgnored effect) {
        parts.installs().answer(effect.lastIncluded(), false);
        return this;
    }

    @Override
    public EffectExecutor roleChanged(Effect.RoleChanged effect) {
        LOG.info(
                "role node={} role={} term={} leader={}",
                parts.self(),
                effect.role(),
                effect.term(),
                effect.leader().map(Object::toString).orElse("none"));
        parts.roundTrips().forgetSent();
        parts.view().standing(new NodeView.Standing(effect.role(), effect.term(), effect.leader()));
        if (effect.role() != Role.LEADER) {
            parts.senders().cancelAll("node " + parts.self() + " does not lead any more");
        }
        return this;
    }

    @Override
    public EffectExecutor leaseChanged(Effect.LeaseChanged effect) {
        if (effect.valid()) {
            parts.view().lease(effect.untilNanos());
        } else {
            parts.view().revokeLease();
        }
        return this;
    }

    @Override
    public EffectExecutor membershipAppended(Effect.MembershipAppended effect) {
        parts.cache()
                .append(new Entry(
                        effect.id(),
                        EntryKind.MEMBERSHIP,
                        MembershipFormat.encode(effect.membership()),
                        parts.time().stamp()));
        return this;
    }

    @Override
    public EffectExecutor membershipChanged(Effect.MembershipChanged effect) {
        Membership membership = effect.membership();
        parts.roundTrips().retain(membership::contains);
        LOG.info(
                "membership node={} voters={} outgoing={} learners={}",
                parts.self(),
                membership.voters(),
                membership.outgoing(),
                membership.learners());
        parts.transport().membershipChanged(membership);
        membershipTouched = true;
        return this;
    }

    @Override
    public EffectExecutor membershipHeard(Effect.MembershipHeard effect) {
        parts.transport().membershipChanged(effect.membership());
        return this;
    }

    @Override
    public EffectExecutor reconfigured(Effect.Reconfigured effect) {
        parts.changes().reconfigured(effect);
        return this;
    }

    @Override
    public EffectExecutor reconfigureRefused(Effect.ReconfigureRefused effect) {
        parts.changes().refused(effect);
        return this;
    }

    @Override
    public EffectExecutor transferred(Effect.Transferred effect) {
        parts.changes().transferred(effect);
        return this;
    }

    @Override
    public EffectExecutor transferRefused(Effect.TransferRefused effect) {
        parts.changes().refused(effect);
        return this;
    }
}
