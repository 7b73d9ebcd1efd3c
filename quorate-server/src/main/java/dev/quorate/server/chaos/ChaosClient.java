package dev.quorate.server.chaos;

import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Consistency;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.workload.Workload;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client: asks one thing at a time at one member, waits, gives up after a while, goes to another one when it was
 * refused. It never repeats a write. Runs on a thread of its own.
 */
final class ChaosClient implements Runnable {
    private static final double WANDER_RATE = 0.02;
    private static final int REFUSED_PAUSE_MILLIS = 40;

    private final int number;
    private final RoundPlan plan;
    private final Chance chance;
    private final Workload workload;
    private final Supplier<List<Member>> members;
    private final HistoryLog history;
    private final Journal journal;
    private final Workload.Memory memory = new Workload.Memory();
    private @Nullable Connection connection;
    private int generation;
    private final AtomicLong answeredWrites = new AtomicLong();
    private volatile boolean stopped;

    /**
     * A client.
     *
     * @param workload what all clients of the round draw from; held while something is drawn
     * @param members whom it may ask at the moment
     */
    ChaosClient(
            int number,
            RoundPlan plan,
            Chance chance,
            Workload workload,
            Supplier<List<Member>> members,
            HistoryLog history,
            Journal journal) {
        this.number = number;
        this.plan = plan;
        this.chance = chance;
        this.workload = workload;
        this.members = members;
        this.history = history;
        this.journal = journal;
    }

    /** How many of its writes were answered. */
    long answeredWrites() {
        return answeredWrites.get();
    }

    /** Asks nothing new any more. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                think(chance.exponential(TimeUnit.MILLISECONDS.toNanos(plan.thinkMillis())));
                if (chance.happens(WANDER_RATE)) {
                    disconnect();
                }
                Action action;
                synchronized (workload) {
                    action = workload.next(chance, memory);
                }
                ask(action);
            }
        } finally {
            disconnect();
        }
    }

    private static void think(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    private void ask(Action action) {
        boolean serializable = action.onlyReads() && chance.happens(plan.localRate());
        Connection connected = connected();
        long invoked = journal.nanos();
        try {
            Outcome outcome = action.accept(new WireCall(connected.kv(), serializable));
            end(action, serializable, invoked, outcome);
            if (outcome instanceof Outcome.Answered told) {
                answeredWrites.addAndGet(action.onlyReads() ? 0 : 1);
                synchronized (workload) {
                    workload.learn(action, told.answer(), memory);
                }
            }
        } catch (StatusRuntimeException refused) {
            disconnect();
            refused(action, invoked, refused);
        }
    }

    private void refused(Action action, long invoked, StatusRuntimeException refused) {
        Outcomes ending = Outcomes.of(refused);
        if (ending == Outcomes.USELESS) {
            journal.wrong("client " + number + " asked " + action + " and was refused: " + refused.getStatus());
        }
        if (!action.onlyReads()) {
            boolean failed = ending != Outcomes.UNKNOWN;
            end(action, false, invoked, failed ? new Outcome.Failed() : new Outcome.Unknown());
            generation += failed ? 0 : 1;
        }
        think(TimeUnit.MILLISECONDS.toNanos(REFUSED_PAUSE_MILLIS));
    }

    private void end(Action action, boolean serializable, long invoked, Outcome outcome) {
        Consistency consistency = serializable ? Consistency.SERIALIZABLE : Consistency.LINEARIZABLE;
        String name = "c" + number + "." + generation;
        history.add(new Operation(name, invoked, journal.nanos(), action, outcome, consistency));
    }

    private Connection connected() {
        Connection present = connection;
        if (present == null) {
            Endpoint at = chance.pick(members.get()).client();
            present = Connection.to(at, Duration.ofMillis(plan.patienceMillis()));
            connection = present;
        }
        return present;
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
