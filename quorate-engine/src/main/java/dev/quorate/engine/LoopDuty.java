package dev.quorate.engine;

import dev.quorate.raft.Effect;
import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.Input;
import dev.quorate.raft.LogId;
import dev.quorate.raft.LoggedMembership;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Raft;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Entry;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.QuorateException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LOOP: owns the core and everything that talks to it.
 *
 * <pre>
 *   inbox ──► messages, completions: a step of the core each ──► all proposals: one step ──► all reads: one ──► timer
 *                            └────────── the effects of each step, front to back, before the next ──────────┘
 * </pre>
 */
final class LoopDuty implements Duty, PeerMessage.Visitor<LoopDuty> {
    private static final Logger LOG = LoggerFactory.getLogger(LoopDuty.class);

    private final Raft raft;
    private final LoopParts parts;
    private final EffectExecutor effects;
    private final CoreObserver observer;
    private final LeaderPatience patience;
    private final long pictureNanos;
    private final Consumer<Input> stepper = this::step;
    private NodeId sender;
    private long nowNanos;
    private long picturedAtNanos;
    private NodeView.Standing told;
    private LogId purgedUntold = LogId.ZERO;

    /**
     * LOOP with a core that has not stepped yet.
     *
     * @param observer sees every step before its effects are executed
     * @param patience holds requests while no leader is known
     * @param pictureNanos the least time between two pictures of the core
     */
    LoopDuty(
            Raft raft,
            LoopParts parts,
            CoreObserver observer,
            LeaderPatience patience,
            long pictureNanos,
            long nowNanos) {
        this.raft = raft;
        this.parts = parts;
        this.effects = new EffectExecutor(parts);
        this.observer = observer;
        this.patience = patience;
        this.pictureNanos = pictureNanos;
        this.sender = parts.self();
        this.nowNanos = nowNanos;
        this.picturedAtNanos = nowNanos;
        this.told = parts.view().standing();
    }

    @Override
    public int work(DutyCycle cycle, long now) {
        nowNanos = now;
        parts.forwarding().at(now);
        int done = 0;
        int arrived = 0;
        long arrivedBytes = 0;
        tellApplied();
        for (Inbox.Item item = cycle.nextItem(); item != null; item = cycle.nextItem()) {
            done++;
            if (item instanceof Proposal proposal) {
                parts.intake().add(proposal);
            } else if (item instanceof Arrivals.Arrival arrival) {
                arrived++;
                arrivedBytes += arrival.bytes();
                receive(arrival);
            } else if (item instanceof ReadRequest<?> read) {
                parts.reads().add(read);
            } else if (item instanceof Told completion) {
                complete(completion.input());
            } else {
                takeRare(item);
            }
        }
        if (arrived > 0) {
            parts.arrivals().taken(arrived, arrivedBytes);
        }
        parts.forwarding().takeDue().forEach(parts.intake()::add);
        handIn();
        if (raft.nextDeadlineNanos() - nowNanos <= 0) {
            step(new Input.TimerFired());
            done++;
        }
        tellStanding();
        parts.forwarding().flush();
        effects.wakeTouched();
        boolean membershipMatters =
                effects.tookMembership() || !raft.membership().contains(parts.self());
        if (membershipMatters || nowNanos - picturedAtNanos >= pictureNanos) {
            takePicture();
        }
        return done;
    }

    @Override
    public long deadlineNanos() {
        long own = DutyCycle.earlier(raft.nextDeadlineNanos(), patience.deadlineNanos());
        return DutyCycle.earlier(own, parts.forwarding().deadlineNanos());
    }

    @Override
    public boolean hasWork() {
        return (parts.intake().hasGathered() || parts.changes().hasGathered()) && !patience.isHolding();
    }

    @Override
    public void abandon(QuorateException reason) {
        parts.intake().abandon(reason);
        parts.reads().abandon(reason);
        parts.changes().abandon(reason);
        parts.forwarding().abandon(reason);
        parts.installs().abandon(reason);
        parts.incoming().abandon();
        parts.leaders().abandon(reason);
    }

    /** Hands the requests that were gathered to the core, unless it is better to wait for a leader. */
    private void handIn() {
        boolean gathered = parts.intake().hasGathered()
                || parts.reads().hasGathered()
                || parts.changes().hasGathered();
        if (!patience.holds(nowNanos, raft.leader().isPresent(), gathered)) {
            parts.intake().flush(nowNanos, stepper);
            parts.reads().flush(stepper);
            parts.changes().flush(stepper);
        }
    }

    private void step(Input input) {
        step(input, List.of());
    }

    /** A step of the core, and its effects; {@code entries} came with the input. */
    private void step(Input input, List<Entry> entries) {
        List<Effect> wanted = raft.step(nowNanos, input);
        parts.view().committedAnywhere(raft.commitIndex());
        observer.stepped(nowNanos, input, wanted);
        parts.rejoin().stepped();
        effects.execute(nowNanos, wanted, entries);
    }

    /**
     * What APPLY has made visible, as far as the core has announced it: an install runs ahead until the log is reset.
     */
    private void tellApplied() {
        long visible = Math.min(parts.handler().lastApplied(), parts.view().commitIndex());
        if (visible > raft.appliedIndex()) {
            step(new Input.Applied(visible));
        }
    }

    private void complete(Input input) {
        if (input instanceof Input.Purged purged) {
            purgedUntold = purged.through().index() > purgedUntold.index() ? purged.through() : purgedUntold;
            tellPurged();
            return;
        }
        step(input);
        if (input instanceof Input.Persisted persisted) {
            parts.cache().persistedTo(raft.persistedIndex());
            parts.installs().persisted(persisted.sequence());
        } else if (input instanceof Input.SnapshotSaved) {
            tellPurged();
        }
    }

    /**
     * A purge is news to the core only behind the snapshot that allowed it, and LOG may be faster than BULK in telling.
     */
    private void tellPurged() {
        if (purgedUntold.index() > 0
                && purgedUntold.index() <= raft.status().snapshot().index()) {
            step(new Input.Purged(purgedUntold));
            purgedUntold = LogId.ZERO;
        }
    }

    private void takeRare(Inbox.Item item) {
        if (item instanceof SnapshotInstalls.Offer offer) {
            parts.installs().await(offer);
            step(new Input.SnapshotReceived(offer.lastIncluded(), offer.membership()));
        } else if (item instanceof SnapshotInstalls.Restored restored) {
            step(new Input.SnapshotRestored(restored.lastIncluded()));
            parts.installs().await(restored);
        } else if (item instanceof NodeEvents.CheckpointCovered) {
            parts.coordinator().checkpointCovered(nowNanos);
        } else if (item instanceof NodeEvents.TimeSeen seen) {
            parts.time().observe(seen.timeMillis());
        } else if (item instanceof ChangeRequest<?> change) {
            parts.changes().add(change);
        } else if (item instanceof Arrivals.Returned returned) {
            parts.forwarding().notSent(returned.to(), returned.message());
        } else if (item instanceof LeaderWaiters.Waiter waiter) {
            parts.leaders().add(waiter);
        } else {
            throw new IllegalStateException("LOOP does not take " + item);
        }
    }

    private void tellStanding() {
        if (!told.equals(parts.view().standing())) {
            told = parts.view().standing();
            takePicture();
            parts.coordinator().standingChanged(nowNanos);
            parts.leaders().standingChanged();
            parts.forwarding().standingChanged(told);
        }
    }

    private void takePicture() {
        picturedAtNanos = nowNanos;
        parts.view().picture(raft.status());
    }

    private void receive(Arrivals.Arrival arrival) {
        sender = arrival.from();
        boolean known = raft.membership().contains(sender) || raft.leader().equals(Optional.of(sender));
        boolean answers = arrival.message() instanceof PeerMessage.ForwardedAnswer answer
                && parts.forwarding().asked(sender, answer);
        if (known || answers || arrival.message() instanceof PeerMessage.Protocol) {
            arrival.message().accept(this);
        } else {
            parts.arrivals().drop();
        }
    }

    /** The term rule, for what is not the core's own message (Raft §5.1). */
    private void observe(long term) {
        if (term > raft.term()) {
            step(new Input.TermObserved(sender, term));
        }
    }

    @Override
    public LoopDuty protocol(PeerMessage.Protocol message) {
        List<Entry> entries = message.entries();
        if (entries.isEmpty()) {
            if (message.message() instanceof Message.AppendAccepted accepted && accepted.term() == raft.term()) {
                parts.roundTrips().matched(sender, accepted.matchIndex(), nowNanos);
            }
            step(new Input.Received(sender, message.message(), EntrySizes.NONE));
            return this;
        }
        if (!isConsistent(message)) {
            parts.arrivals().drop();
            return this;
        }
        int[] bytes = new int[entries.size()];
        for (int place = 0; place < bytes.length; place++) {
            bytes[place] = entries.get(place).payload().length();
        }
        List<LoggedMembership> memberships;
        try {
            memberships = LoggedMemberships.of(entries);
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "a membership that cannot be read node={} from={} reason={}", parts.self(), sender, e.getMessage());
            parts.arrivals().drop();
            return this;
        }
        Input received = new Input.Received(sender, message.message(), EntrySizes.of(bytes), memberships);
        step(received, entries);
        return this;
    }

    /** True when the entries are those that the message names. */
    private static boolean isConsistent(PeerMessage.Protocol message) {
        if (!(message.message() instanceof Message.AppendEntries append)) {
            return false;
        }
        int place = 0;
        for (TermRun run : append.entries()) {
            for (long index = run.firstIndex(); index <= run.lastIndex(); index++) {
                Entry entry = message.entries().get(place++);
                if (entry.index() != index || entry.term() != run.term()) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public LoopDuty checkpointReport(PeerMessage.CheckpointReport message) {
        observe(message.term());
        parts.coordinator().reported(nowNanos, sender, message);
        return this;
    }

    @Override
    public LoopDuty purgeRequest(PeerMessage.PurgeRequest message) {
        observe(message.request().term());
        parts.purges().ordered(sender, parts.view().standing(), message.request());
        return this;
    }

    @Override
    public LoopDuty purgeResponse(PeerMessage.PurgeResponse message) {
        observe(message.response().term());
        parts.coordinator().answered(sender, message.response());
        return this;
    }

    @Override
    public LoopDuty snapshotChunk(PeerMessage.Chunk message) {
        observe(message.chunk().leaderTerm());
        parts.incoming().chunk(sender, message);
        return this;
    }

    @Override
    public LoopDuty snapshotAck(PeerMessage.Ack message) {
        observe(message.term());
        parts.senders().acked(sender, message);
        return this;
    }

    @Override
    public LoopDuty forwardedProposal(PeerMessage.ForwardedProposal message) {
        if (!parts.forwarded().arrived(sender, parts.view().standing(), message)) {
            parts.arrivals().drop();
        }
        return this;
    }

    @Override
    public LoopDuty forwardedAnswer(PeerMessage.ForwardedAnswer message) {
        parts.forwarding().answered(sender, message);
        return this;
    }
}
