package dev.quorate.engine;

import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.Input;
import dev.quorate.raft.Invariant;
import dev.quorate.raft.InvariantViolation;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Refusal;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.QuorateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the proposals of a step, hands them to the core in as few inputs as the limits allow, and makes the entries
 * of those that it accepts. Owned by LOOP.
 */
final class ProposalIntake {
    private static final int BATCH_ENTRIES_MAX = 4096;
    private static final int BATCH_BYTES_MAX = 4 << 20;

    private final NodeId self;
    private final ProposalDesk desk;
    private final PendingProposals pending;
    private final EntryCache cache;
    private final ClusterTime time;
    private final Forwarding forwarding;
    private final long timeoutNanos;
    private final List<Proposal> gathered = new ArrayList<>();
    private final LongConsumer expireAt;
    private Proposal @Nullable [] current;
    private long nowNanos;
    private boolean expirySet;
    private long expiryNanos;
    private boolean checkpointGathered;
    private long lastCheckpoint;

    /**
     * An intake that has gathered nothing.
     *
     * @param expireAt has APPLY look, at this time, for proposals whose time is up
     */
    ProposalIntake(
            NodeId self,
            ProposalDesk desk,
            PendingProposals pending,
            EntryCache cache,
            ClusterTime time,
            Forwarding forwarding,
            long timeoutNanos,
            LongConsumer expireAt) {
        this.self = self;
        this.desk = desk;
        this.pending = pending;
        this.cache = cache;
        this.time = time;
        this.forwarding = forwarding;
        this.timeoutNanos = timeoutNanos;
        this.expireAt = expireAt;
    }

    void add(Proposal proposal) {
        gathered.add(proposal);
        checkpointGathered |= proposal.kind() == EntryKind.CHECKPOINT;
    }

    /** Proposes an entry of the engine, whose outcome nobody waits for. */
    void proposeOwn(EntryKind kind, Bytes payload) {
        add(desk.ofTheEngine(kind, payload));
    }

    /**
     * Proposes a checkpoint, unless one is under way.
     *
     * @param applied a checkpoint up to this index is not under way any more
     */
    void proposeCheckpoint(long applied) {
        if (!checkpointGathered && lastCheckpoint <= applied) {
            proposeOwn(EntryKind.CHECKPOINT, Bytes.EMPTY);
        }
    }

    /** True when there is something for {@link #flush}. */
    boolean hasGathered() {
        return !gathered.isEmpty();
    }

    /** Fails what was not handed to the core: the node stops. */
    void abandon(QuorateException reason) {
        desk.refuse(gathered.toArray(new Proposal[0]), reason);
        gathered.clear();
        if (current != null) {
            desk.refuse(takeCurrent(), reason);
        }
    }

    /**
     * Hands in what was gathered.
     *
     * @param step steps the core, which answers each batch at once through {@link #accepted} or {@link #refused}
     */
    void flush(long now, Consumer<Input> step) {
        nowNanos = now;
        checkpointGathered = false;
        // A step that fails ends the node: what was handed in before is not among what abandon refuses then.
        while (!gathered.isEmpty()) {
            int count = 0;
            long bytes = 0;
            while (count < gathered.size() && count < BATCH_ENTRIES_MAX && (count == 0 || bytes < BATCH_BYTES_MAX)) {
                bytes += gathered.get(count).payload().length();
                count++;
            }
            List<Proposal> batch = gathered.subList(0, count);
            Proposal[] proposals = batch.toArray(new Proposal[0]);
            batch.clear();
            handIn(proposals, step);
        }
    }

    private void handIn(Proposal[] batch, Consumer<Input> step) {
        int[] sizes = new int[batch.length];
        for (int place = 0; place < batch.length; place++) {
            sizes[place] = batch[place].payload().length();
        }
        current = batch;
        step.accept(new Input.Propose(EntrySizes.of(sizes)));
        Invariant.check(current == null, "the core answers every proposal at once");
    }

    /** The current batch got these positions: makes its entries, and hands it to those who wait for the apply. */
    void accepted(LogId first, int count) {
        Proposal[] batch = takeCurrent();
        Invariant.check(batch.length == count, "accepted as many as proposed", count, batch.length);
        long deadlineNanos = nowNanos + timeoutNanos;
        pending.handOver(new AcceptedProposals(first, batch, deadlineNanos));
        long timeMillis = time.stamp();
        for (int place = 0; place < count; place++) {
            Proposal proposal = batch[place];
            if (proposal.kind() == EntryKind.CHECKPOINT) {
                lastCheckpoint = first.index() + place;
            }
            cache.append(new Entry(
                    new LogId(first.term(), first.index() + place), proposal.kind(), proposal.payload(), timeMillis));
        }
        if (!expirySet || expiryNanos - nowNanos <= 0) {
            // APPLY may sleep for want of a commit: one look at a time is enough, it knows the next deadline itself.
            expirySet = true;
            expiryNanos = deadlineNanos;
            expireAt.accept(deadlineNanos);
        }
    }

    /** The current batch was not taken: it is sent on to the leader, as far as it may be. */
    void refused(Refusal reason, Optional<NodeId> leader) {
        Proposal[] batch = takeCurrent();
        if (reason == Refusal.NOT_LEADER && leader.isPresent()) {
            batch = forwarding.send(leader.get(), batch);
        }
        if (batch.length > 0) {
            desk.refuse(batch, Refusals.toException(reason, self, leader));
        }
    }

    private Proposal[] takeCurrent() {
        Proposal[] batch = current;
        if (batch == null) {
            throw new InvariantViolation("the core answered a proposal that was not made");
        }
        current = null;
        return batch;
    }
}
