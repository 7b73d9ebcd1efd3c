package dev.quorate.sim.workload;

import dev.quorate.engine.ReadConsistency;
import dev.quorate.kv.CompactRequest;
import dev.quorate.kv.DeleteRangeRequest;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvException;
import dev.quorate.kv.KvOp;
import dev.quorate.kv.KvResponse;
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
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One client: asks, waits, gives up after a while, goes to another node when it is sent there. */
public final class SimClient {
    private static final long WAY_NANOS_MAX = 400_000;
    private static final int NAMES = 1000;

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

    /** One request that is on its way. */
    private final class Call {
        final Action action;
        final ReadConsistency consistency;
        final long invoked = schedule.nowNanos();
        final long committedBefore = rules.ledger().committed();
        final boolean onlyReads;
        final SimMachine target = at;

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
        schedule.in(way(), () -> arrive(call));
        schedule.in(traits.patienceNanos(), () -> giveUp(call));
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

    private CompletableFuture<? extends KvResponse> send(EmbeddedKv kv, Call call) {
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
