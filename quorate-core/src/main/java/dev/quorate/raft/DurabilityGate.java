package dev.quorate.raft;

import java.util.ArrayDeque;
import java.util.List;

/**
 * What is durable here, and the messages that wait for it. Writes are numbered; they become durable in the order of
 * their numbers.
 *
 * <pre>
 *   Persist #7 (term 3, vote for b)   Persist #8 (entries 12..20)      Persisted(8)
 *        │ VoteResponse(3) held             │                              │
 *        └──────────────────────────────────┴──────────────────────────────┴─► VoteResponse leaves, persistedIndex = 20
 * </pre>
 *
 * A message leaves only when the newest term and vote are durable: the one rule covers a vote, a term and everything
 * said in it.
 */
final class DurabilityGate {
    /** The most messages that are held; beyond, the oldest is lost, as a network may lose it too. */
    static final int HELD_MAX = 4096;

    private record Held(long sequence, Effect.Send send) {}

    /** A write under way; {@code lastIndex} is the log's end behind it, as far as no later write cuts it off. */
    private static final class Write {
        final long sequence;
        final long issuedNanos;
        long lastIndex;

        Write(long sequence, long lastIndex, long issuedNanos) {
            this.sequence = sequence;
            this.lastIndex = lastIndex;
            this.issuedNanos = issuedNanos;
        }
    }

    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private long issued;
    private long persisted;
    private long hardStateSequence;
    private long persistedIndex;

    DurabilityGate(long persistedIndex) {
        this.persistedIndex = persistedIndex;
    }

    /** The last durable entry of the present log. */
    long persistedIndex() {
        return persistedIndex;
    }

    /** The number that the next write will get. */
    long nextSequence() {
        return issued + 1;
    }

    /** True when every write up to this number is durable. */
    boolean isPersisted(long sequence) {
        return persisted >= sequence;
    }

    /** True when the newest term and vote are durable. */
    boolean isHardStatePersisted() {
        return persisted >= hardStateSequence;
    }

    /** When the oldest write that is not durable yet was issued; {@link Election#NEVER} when there is none. */
    long oldestIssuedNanos() {
        return writes.isEmpty() ? Election.NEVER : writes.getFirst().issuedNanos;
    }

    /** Numbers a write behind which the log ends at {@code lastIndex}. */
    long issue(boolean withHardState, long lastIndex, long nowNanos) {
        issued++;
        writes.add(new Write(issued, lastIndex, nowNanos));
        if (withHardState) {
            hardStateSequence = issued;
        }
        return issued;
    }

    /** Entries at and above {@code index} are being cut off: they do not count as durable any more. */
    void truncateFrom(long index) {
        persistedIndex = Math.min(persistedIndex, index - 1);
        for (Write write : writes) {
            write.lastIndex = Math.min(write.lastIndex, index - 1);
        }
    }

    /** The log was durably replaced by an empty one behind {@code index}. */
    void reset(long index) {
        persistedIndex = index;
        for (Write write : writes) {
            write.lastIndex = index;
        }
    }

    /** Holds a message until the newest term and vote are durable. */
    void hold(Effect.Send send) {
        if (held.size() == HELD_MAX) {
            held.removeFirst();
        }
        held.add(new Held(hardStateSequence, send));
    }

    /** Every write up to {@code sequence} is durable; the messages that waited for it are added to {@code released}. */
    void persisted(long sequence, List<Effect.Send> released) {
        Invariant.check(
                sequence >= persisted && sequence <= issued, "a write durable before it was issued", sequence, issued);
        persisted = sequence;
        while (!writes.isEmpty() && writes.getFirst().sequence <= sequence) {
            persistedIndex = Math.max(persistedIndex, writes.removeFirst().lastIndex);
        }
        while (!held.isEmpty() && held.getFirst().sequence() <= sequence) {
            released.add(held.removeFirst().send());
        }
    }
}
