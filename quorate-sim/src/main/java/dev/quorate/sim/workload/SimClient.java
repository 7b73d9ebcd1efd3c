package dev.quorate.sim.workload;

import dev.quorate.engine.ReadConsistency;
import dev.quorate.kv.CompactRequest;
import dev.quorate.kv.DeleteRangeRequest;
import dev.quorate.kv.KvClient;
import dev.quorate.kv.KvException;
import dev.quorate.kv.KvOp;
import dev.quorate.kv.KvResponse;
import dev.quorate.kv.KvSession;
import dev.quorate.kv.PutRequest;
import dev.quorate.kv.RangeRequest;
import dev.quorate.kv.TxnRequest;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.Consistency;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.invariants.Rules;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.kernel.TraceHash;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.AnswerLostException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.SessionLostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One client: asks, waits, gives up after a while, goes to another node when it is sent there. One with a session sends
 * a write again, here or elsewhere, until it is answered: for the history that is one operation.
 */
public final class SimClient {
    private static final long WAY_NANOS_MAX = 400_000;
    private static final int NAMES = 1000;
    private static final int ATTEMPTS_MAX = 30;
    private static final double LATE_RATE = 0.3;

    private final Schedule schedule;
    private final Chance chance;
    private final TraceHash trace;
    private final Probes probes;
    private final Rules rules;
    private final Workload workload;
    private final Recorder recorder;
    private final List<SimMachine> machines;
    private final ClientTraits traits;
    private final Workload.Memory memory = new Workload.Memory();
    private final int number;
    private int generation;
    private @Nullable Call open;
    private SimMachine at;
    private boolean stopped;
    private long answered;
    private SessionTraits sessionTraits = SessionTraits.NONE;
    private Chance sessionChance = new Chance(0);
    private boolean wantsSession;
    private @Nullable Session session;

    /** The session of this client, as it knows it. */
    private static final class Session {
        final long id;
        long nextSequence = 1;

        Session(long id) {
            this.id = id;
        }
    }

    /** One request that is on its way. */
    private final class Call {
        final Action action;
        final ReadConsistency consistency;
        final long invoked = schedule.nowNanos();
        final long committedBefore = rules.ledger().committed();
        final boolean onlyReads;
        final SimMachine target = at;
        /** The session that it is sent in, and its sequence there; null when in none. */
        @Nullable
        Session in;

        long sequence;
        int attempts;
        /** Attempts that were sent and told nothing yet. */
        int underWay;
        /** An attempt may have taken effect. */
        boolean isUnknown;
        /** It was recorded that none did, so that none may be made any more. */
        boolean isRefused;

        Call(Action action, ReadConsistency consistency) {
            this.action = action;
            this.consistency = consistency;
            this.onlyReads = action.onlyReads();
        }
    }

    /** A client that begins to ask soon. */
    public SimClient(
            int number,
            Schedule schedule,
            Chance chance,
            TraceHash trace,
            Probes probes,
            Rules rules,
            Workload workload,
            Recorder recorder,
            List<SimMachine> machines,
            ClientTraits traits) {
        this.number = number;
        this.schedule = schedule;
        this.chance = chance;
        this.trace = trace;
        this.probes = probes;
        this.rules = rules;
        this.workload = workload;
        this.recorder = recorder;
        this.machines = machines;
        this.traits = traits;
        this.at = chance.pick(machines);
        think();
    }

    /** Lets it write through a session, perhaps; before its first question. */
    public void useSessions(SessionTraits itsTraits, Chance itsChance) {
        sessionTraits = itsTraits;
        sessionChance = itsChance;
        wantsSession = itsChance.happens(itsTraits.rate());
    }

    /** How many of its operations were answered. */
    public long answered() {
        return answered;
    }

    /** True while it waits for an answer. */
    public boolean isWaiting() {
        return open != null;
    }

    /** Asks nothing new any more. */
    public void stop() {
        stopped = true;
    }

    /** Records what it still waits for as unknown. */
    public void finish() {
        Call call = open;
        if (call != null) {
            open = null;
            end(call, new Outcome.Unknown(), Operation.OPEN);
        }
    }

    private void think() {
        schedule.in(chance.exponential(traits.thinkNanos()), this::ask);
    }

    private void ask() {
        if (stopped) {
            return;
        }
        if (chance.happens(traits.wanderRate())) {
            at = chance.pick(machines);
        }
        if (chance.happens(traits.compactRate())) {
            compact();
            return;
        }
        Call call = new Call(workload.next(chance, memory), consistency());
        open = call;
        schedule.in(way(), () -> begin(call));
        schedule.in(traits.patienceNanos(), () -> giveUp(call));
    }

    private void begin(Call call) {
        Session present = session;
        if (!wantsSession || call.onlyReads) {
            arrive(call);
        } else if (present == null) {
            openSession(call);
        } else {
            writeIn(present, call);
        }
    }

    private void openSession(Call call) {
        call.target.call(
                kv -> {
                    var unused = kv.session()
                            .whenComplete((opened, failure) -> schedule.in(way(), () -> opened(call, opened, failure)));
                },
                () -> schedule.in(way(), () -> refused(call, null)));
    }

    private void opened(Call call, @Nullable KvSession opened, @Nullable Throwable failure) {
        if (open != call) {
            return;
        }
        if (opened == null) {
            if (failure instanceof OverloadedException) {
                wantsSession = sessionChance.happens(0.9);
            }
            refused(call, failure);
            return;
        }
        probes.hit(Probe.SESSION_OPENED);
        Session begun = new Session(opened.id());
        session = begun;
        writeIn(begun, call);
    }

    private void writeIn(Session present, Call call) {
        call.in = present;
        call.sequence = present.nextSequence++;
        attempt(call, present, at);
        again(call, present);
        if (sessionChance.happens(LATE_RATE)) {
            SimMachine target = sessionChance.pick(machines);
            schedule.in(sessionChance.exponential(3 * sessionTraits.againNanos()), () -> late(call, present, target));
        }
    }

    /** A copy that went astray arrives, perhaps long after the answer. */
    private void late(Call call, Session present, SimMachine target) {
        if (!call.isRefused && !stopped) {
            attempt(call, present, target);
        }
    }

    /** Now and then sends it once more, though the answer may be on its way. */
    private void again(Call call, Session present) {
        schedule.in(sessionChance.exponential(sessionTraits.againNanos()), () -> {
            if (open == call && call.in == present && call.attempts < ATTEMPTS_MAX) {
                if (sessionChance.happens(0.4)) {
                    at = sessionChance.pick(machines);
                }
                attempt(call, present, at);
                again(call, present);
            }
        });
    }

    private void attempt(Call call, Session present, SimMachine target) {
        call.attempts++;
        call.underWay++;
        target.call(
                kv -> {
                    KvSession resumed = kv.session(present.id, call.sequence);
                    var unused = send(resumed, call)
                            .whenComplete((response, failure) ->
                                    schedule.in(way(), () -> settle(call, present, target, response, failure)));
                },
                () -> schedule.in(way(), () -> settle(call, present, target, null, null)));
    }

    /** An attempt has an outcome; it was never made when it has none. */
    private void settle(
            Call call, Session present, SimMachine target, @Nullable KvResponse response, @Nullable Throwable failure) {
        call.underWay--;
        if (open != call || call.in != present) {
            return;
        }
        if (response != null) {
            trace.add(response.revision(), number);
            probeSession(call, target);
            done(call, response);
            return;
        }
        QuorateException cause = failure instanceof QuorateException known ? known : null;
        if (failure != null && (cause == null || cause instanceof InvalidRequestException)) {
            throw rules.court()
                    .broken("AnswersAreExpected", "client " + number + " wrote " + call.action + ": " + failure);
        }
        boolean lost = cause instanceof SessionLostException;
        if (lost) {
            probes.hit(Probe.SESSION_LOST);
            session = null;
        }
        call.isUnknown |= cause != null && cause.retry() != QuorateException.Retry.SAFE;
        boolean mayHaveEffect = call.isUnknown || call.underWay > 0;
        if (!mayHaveEffect) {
            refused(call, cause);
        } else if (lost || cause instanceof AnswerLostException) {
            unknown(call);
        } else if (cause instanceof NotLeaderException elsewhere) {
            elsewhere.leader().ifPresent(this::goTo);
        }
    }

    private void probeSession(Call call, SimMachine target) {
        if (target != call.target) {
            probes.hit(Probe.SESSION_RESUMED);
        }
        if (target.record().role() == Role.FOLLOWER) {
            probes.hit(Probe.SESSION_FORWARDED);
        }
        target.kv()
                .filter(kv -> kv.node().status().sessions().repeated() > 0)
                .ifPresent(kv -> probes.hit(Probe.SESSION_REPEATED));
    }

    private ReadConsistency consistency() {
        double draw = chance.unit();
        if (draw < traits.localRate()) {
            return ReadConsistency.LOCAL;
        }
        return draw < traits.localRate() + traits.leaseRate() ? ReadConsistency.LEASE : ReadConsistency.LINEARIZABLE;
    }

    private long way() {
        return chance.between(10_000, WAY_NANOS_MAX);
    }

    private void compact() {
        at.call(
                kv -> {
                    long revision = kv.status().revision() - chance.below(50);
                    var unused = kv.compact(new CompactRequest(Math.max(1, revision), false))
                            .whenComplete((done, failure) -> {
                                if (failure == null) {
                                    probes.hit(Probe.STORE_COMPACTED);
                                }
                            });
                },
                () -> {});
        think();
    }

    /** The request reaches the machine. */
    private void arrive(Call call) {
        call.target.call(
                kv -> {
                    var unused = send(kv, call).whenComplete((response, failure) -> reply(call, response, failure));
                },
                () -> schedule.in(way(), () -> refused(call, null)));
    }

    private CompletableFuture<? extends KvResponse> send(KvClient kv, Call call) {
        KvOp request = Translation.request(call.action);
        if (request instanceof RangeRequest range) {
            return kv.range(range, call.consistency);
        } else if (request instanceof PutRequest put) {
            return kv.put(put);
        } else if (request instanceof TxnRequest txn) {
            return kv.txn(txn, call.consistency);
        }
        return kv.deleteRange((DeleteRangeRequest) request);
    }

    /** The node has an answer, which travels back. */
    private void reply(Call call, @Nullable KvResponse response, @Nullable Throwable failure) {
        if (response != null) {
            trace.add(response.revision(), number);
            if (call.onlyReads && call.consistency != ReadConsistency.LOCAL) {
                rules.reads().answered(call.target.id(), call.committedBefore, response.revision());
            }
            schedule.in(way(), () -> done(call, response));
        } else if (failure != null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            schedule.in(way(), () -> failed(call, cause));
        }
    }

    private void done(Call call, KvResponse response) {
        if (open != call) {
            return;
        }
        open = null;
        answered++;
        Answer answer = Translation.answer(call.action, response);
        workload.learn(call.action, answer, memory);
        probe(call, answer);
        end(call, Outcome.answered(answer, response.revision()), schedule.nowNanos());
        think();
    }

    private void probe(Call call, Answer answer) {
        if (call.onlyReads && call.consistency == ReadConsistency.LOCAL) {
            probes.hit(Probe.LOCAL_READ);
        } else if (call.onlyReads && call.consistency == ReadConsistency.LEASE) {
            probes.hit(Probe.LEASE_READ);
        }
        if (call.target.record().role() == Role.FOLLOWER) {
            probes.hit(call.onlyReads ? Probe.FOLLOWER_READ : Probe.FOLLOWER_WRITE);
        }
        if (answer instanceof Answer.Swapped swapped && !swapped.swapped()) {
            probes.hit(Probe.COMPARE_FAILED);
        } else if (answer instanceof Answer.Decided decided
                && decided.succeeded()
                && call.action instanceof Action.Txn txn
                && txn.conditions().size() == 2) {
            probes.hit(Probe.TRANSFER_OF_MONEY);
        }
    }

    private void failed(Call call, Throwable cause) {
        if (open != call) {
            return;
        }
        boolean safe = cause instanceof QuorateException known && known.retry() == QuorateException.Retry.SAFE;
        if (cause instanceof KvException || !(cause instanceof QuorateException)) {
            throw rules.court()
                    .broken("AnswersAreExpected", "client " + number + " asked " + call.action + ": " + cause);
        }
        if (safe || call.onlyReads || cause instanceof NodeHaltedException) {
            refused(call, cause);
            return;
        }
        unknown(call);
    }

    private void unknown(Call call) {
        open = null;
        probes.hit(Probe.WRITE_UNKNOWN);
        end(call, new Outcome.Unknown(), schedule.nowNanos());
        generation++;
        think();
    }

    /** Nothing happened, or it does not matter. */
    private void refused(Call call, @Nullable Throwable cause) {
        if (open != call) {
            return;
        }
        open = null;
        call.isRefused = true;
        probes.hit(call.onlyReads ? Probe.READ_REFUSED : Probe.WRITE_REFUSED);
        if (cause instanceof OverloadedException) {
            probes.hit(Probe.WRITE_OVERLOADED);
        }
        if (!call.onlyReads) {
            end(call, new Outcome.Failed(), schedule.nowNanos());
        }
        at = chance.pick(machines);
        if (cause instanceof NotLeaderException elsewhere) {
            elsewhere.leader().ifPresent(this::goTo);
        }
        think();
    }

    private void goTo(NodeId leader) {
        for (SimMachine machine : machines) {
            if (machine.id().equals(leader)) {
                at = machine;
            }
        }
    }

    private void giveUp(Call call) {
        if (open != call) {
            return;
        }
        open = null;
        at = chance.pick(machines);
        if (!call.onlyReads) {
            probes.hit(Probe.WRITE_UNKNOWN);
            end(call, new Outcome.Unknown(), schedule.nowNanos());
            generation++;
        }
        think();
    }

    private void end(Call call, Outcome outcome, long ended) {
        if (call.onlyReads && !(outcome instanceof Outcome.Answered)) {
            return;
        }
        Consistency consistency = call.onlyReads && call.consistency == ReadConsistency.LOCAL
                ? Consistency.SERIALIZABLE
                : Consistency.LINEARIZABLE;
        String name = "c" + (number + NAMES * generation);
        recorder.add(new Operation(name, call.invoked, ended, call.action, outcome, consistency));
    }
}
