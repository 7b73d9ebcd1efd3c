package dev.quorate.server.chaos;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.server.console.ClientTls;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.SessionClient;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.Consistency;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.kernel.Chance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A client that counts in a session: each write to its key, which nobody else writes to, makes the key's version one
 * more. A write whose outcome is unknown is sent again under its number, to whichever member, until it is answered; so
 * the version says how often each took effect, which must be once. Runs on a thread of its own; what it counted may be
 * asked when that has ended.
 */
final class CountingClient implements Runnable {
    /** The beginning of the keys. */
    static final String PREFIX = "once/";

    private static final long THINK_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final Duration DIAL_MAX = Duration.ofSeconds(1);
    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(4);
    /** Longer than a round has faults and needs to recover from them: then nothing stays unknown. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final String key;
    private final Chance chance;
    private final Supplier<List<Member>> members;
    private final HistoryLog history;
    private final Journal journal;
    private long asked;
    private long acknowledged;
    private long unknown;
    private long doubts;
    private boolean wrong;
    private volatile boolean stopped;

    /**
     * A client that has not counted yet.
     *
     * @param members whom it may ask at the moment
     */
    CountingClient(int number, Chance chance, Supplier<List<Member>> members, HistoryLog history, Journal journal) {
        this.key = PREFIX + number;
        this.chance = chance;
        this.members = members;
        this.history = history;
        this.journal = journal;
    }

    String key() {
        return key;
    }

    /** How many increments were answered. */
    long acknowledged() {
        return acknowledged;
    }

    /** After how many attempts it did not know whether the increment had happened. */
    long doubts() {
        return doubts;
    }

    /** Asks nothing new any more. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        while (!stopped) {
            List<Member> present = members.get();
            try (SessionClient session = session(present)) {
                long before = doubts;
                while (!stopped && present.equals(members.get())) {
                    LockSupport.parkNanos(chance.exponential(THINK_NANOS));
                    increment(session);
                    doubts = before + session.doubts();
                }
            }
        }
    }

    private SessionClient session(List<Member> present) {
        List<Endpoint> endpoints = new ArrayList<>();
        List<Member> left = new ArrayList<>(present);
        while (!left.isEmpty()) {
            endpoints.add(left.remove(chance.below(left.size())).client());
        }
        return new SessionClient(endpoints, DIAL_MAX, PATIENCE, ATTEMPT_MAX, ClientTls.NONE);
    }

    private void increment(SessionClient session) {
        Action.Put action = new Action.Put(key, Long.toString(++asked));
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(action.value()))
                .setPrevKv(true)
                .build();
        long invoked = journal.nanos();
        try {
            PutResponse answer = session.put(request);
            end(
                    action,
                    invoked,
                    Outcome.answered(new Answer.Done(), answer.getHeader().getRevision()));
            flaw(answer.getPrevKv().getVersion()).ifPresent(this::wrong);
            acknowledged++;
        } catch (CommandFailedException failed) {
            if (failed.isOutcomeUnknown()) {
                unknown++;
                end(action, invoked, new Outcome.Unknown());
            } else {
                end(action, invoked, new Outcome.Failed());
            }
            journal.say("increment " + action.value() + " of " + key + " was given up: " + failed.getMessage());
        }
    }

    /** Says so at once and once: a counter that is wrong stays it. */
    private void wrong(String flaw) {
        if (!wrong) {
            wrong = true;
            journal.wrong(flaw);
        }
    }

    private void end(Action action, long invoked, Outcome outcome) {
        history.add(new Operation(key, invoked, journal.nanos(), action, outcome, Consistency.LINEARIZABLE));
    }

    /**
     * What is wrong when the key has this version now.
     *
     * @param version how many increments took effect
     */
    Optional<String> flaw(long version) {
        if (version >= acknowledged && version <= acknowledged + unknown) {
            return Optional.empty();
        }
        return Optional.of(key + " was incremented " + version + " times, " + acknowledged
                + " increments were acknowledged" + (unknown == 0 ? "" : ", " + unknown + " are unknown"));
    }
}
