package dev.quorate.sim.mutants;

import dev.quorate.sim.faults.Profile;
import java.util.ArrayList;
import java.util.List;

/** Bugs in the engine: duty cycles, handler, snapshots, purges, answers. */
final class EngineMutants {
    private static final String AT = "quorate-engine/src/main/java/dev/quorate/engine/";

    private EngineMutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        all.addAll(first());
        all.addAll(second());
        all.addAll(forwarding());
        return all;
    }

    private static List<Mutant> first() {
        return List.of(
                new Mutant(
                        "lease-read-behind",
                        "A lease read trusts what the own disk has.",
                        AT + "ReadDesk.java",
                        "long committed = view.committedAnywhere();",
                        "long committed = view.commitIndex();"),
                new Mutant(
                                "clock-before-inbox",
                                "A step reads the clock before it takes what came in.",
                                AT + "DutyCycle.java",
                                "            rest = inbox.drain();\n" + "            long nowNanos = clock.nanoTime();",
                                "            long nowNanos = clock.nanoTime();\n" + "            rest = inbox.drain();")
                        .in(Profile.LEASES),
                new Mutant(
                        "read-before-apply",
                        "A read does not wait until its index is applied.",
                        AT + "ReadDesk.java",
                        "if (handler.lastApplied() >= readIndex) {",
                        "if (readIndex >= 0) {"),
                new Mutant(
                        "no-sync",
                        "The log is not synced before it is acknowledged.",
                        AT + "LogDuty.java",
                        "                log.sync();\n" + "                syncs.record(",
                        "                syncs.record("),
                new Mutant(
                        "ack-one-more",
                        "LOG acknowledges a write that it has not made.",
                        AT + "LogDuty.java",
                        "loop.persisted(sequence);",
                        "loop.persisted(sequence + (waiting.isEmpty() ? 0 : 1));"),
                new Mutant(
                        "truncation-forgotten",
                        "Entries that were cut off stay in the log on disk.",
                        AT + "LogWrite.java",
                        "log.truncateFrom(persist.truncateFrom());",
                        "stepsDone = 1;"),
                new Mutant(
                        "cache-not-cut",
                        "Entries that were cut off stay in the cache.",
                        AT + "EffectExecutor.java",
                        "            cache.truncateFrom(effect.truncateFrom());",
                        "            logTouched = true;"),
                new Mutant(
                        "vote-not-written",
                        "The vote is not written with the term.",
                        AT + "LogWrite.java",
                        "log.saveHardState(persist.hardState().get());",
                        "log.saveHardState(new "
                                + "dev.quorate.raft.HardState(persist.hardState().get().term(), "
                                + "java.util.Optional.empty()));"),
                new Mutant(
                        "label-one-less",
                        "A snapshot is labelled with the entry before its last.",
                        AT + "Applier.java",
                        "return new Frozen(applied, timeMillis, membership, state.digest(), state.freeze());",
                        "return new Frozen(new LogId(applied.term(), Math.max(1, applied.index() - 1)), timeMillis, "
                                + "membership, state.digest(), state.freeze());"));
    }

    private static List<Mutant> second() {
        return List.of(
                new Mutant(
                        "purge-past-snapshot",
                        "The log is purged further than the snapshot goes.",
                        AT + "LogPurges.java",
                        "List<Entry> entry = log.read(index, index, 0);",
                        "List<Entry> entry = log.read(index + 2, index + 2, 0);"),
                new Mutant(
                        "unknown-as-failed",
                        "A proposal whose time is up is said to have failed.",
                        AT + "PendingProposals.java",
                        "                QuorateException unknown = new OutcomeUnknownException(\n"
                                + "                        \"the proposal at \" + new LogId(term, "
                                + "nextIndex(batch)) + \" "
                                + "was not applied in time\");",
                        "                QuorateException unknown = new dev.quorate.spi.OverloadedException(\"late "
                                + "\" + new LogId(term, nextIndex(batch)));"),
                new Mutant(
                        "answer-of-another",
                        "A proposer gets the answer of whatever was applied at its index.",
                        AT + "PendingProposals.java",
                        "if (result.id().term() == term) {",
                        "if (result.id().term() >= term) {"),
                new Mutant(
                        "time-falls",
                        "A leader stamps its own wall time, also when it is behind.",
                        AT + "ClusterTime.java",
                        "        lastMillis = Math.max(lastMillis, clock.wallMillis());\n"
                                + "        return lastMillis;",
                        "        return clock.wallMillis();"),
                new Mutant(
                        "applied-not-moved",
                        "The applied index does not move when a snapshot is installed.",
                        AT + "Applier.java",
                        "        index.publish(target.index());\n" + "        gate.releaseQuarantine();",
                        "        gate.releaseQuarantine();"),
                new Mutant(
                        "install-without-reset",
                        "The log is not reset when a snapshot took its place.",
                        AT + "LogWrite.java",
                        "log.resetTo(persist.resetTo().get());",
                        "stepsDone = 0;"),
                new Mutant(
                        "restart-without-reset",
                        "An install that a crash cut off is not finished at the next start.",
                        AT + "StartupRestore.java",
                        "return recovered.contains(lastIncluded) ? Optional.empty() : Optional.of(lastIncluded);",
                        "return Optional.empty();"));
    }

    private static List<Mutant> forwarding() {
        return List.of(
                new Mutant(
                        "forwarded-again",
                        "A request that its leader did not answer in time is sent to the next one.",
                        AT + "Forwarding.java",
                        "desk.expire(late.what(), unknown(late.leader()));",
                        "unsent.add(new Unsent(late.leader(), nowNanos, late.what()));"),
                new Mutant(
                        "forwarded-unknown-as-failed",
                        "A request that its leader did not answer in time is said not to have reached it.",
                        AT + "Forwarding.java",
                        "desk.expire(late.what(), unknown(late.leader()));",
                        "desk.expire(late.what(), notReached(late.leader()));"));
    }
}
