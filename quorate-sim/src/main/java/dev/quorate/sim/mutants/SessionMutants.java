package dev.quorate.sim.mutants;

import java.util.List;

/** Bugs in client sessions: what should take effect once does not, or not everywhere alike. */
final class SessionMutants {
    private static final String AT = "quorate-engine/src/main/java/dev/quorate/engine/";

    private SessionMutants() {}

    static List<Mutant> all() {
        return List.of(
                new Mutant(
                        "session-applies-again",
                        "A command of a session that comes again is applied again.",
                        AT + "Session.java",
                        "return window[place(sequence)];",
                        "return null;"),
                new Mutant(
                        "session-not-in-snapshot",
                        "Snapshots hold no sessions.",
                        AT + "SessionSection.java",
                        "for (Session session : table.sessions()) {",
                        "for (Session session : List.<Session>of()) {"),
                new Mutant(
                        "session-wall-clock",
                        "Sessions expire by the wall clock of each node.",
                        AT + "DefaultStateMachineHandler.java",
                        "applier.apply(chunk)",
                        "applier.apply(chunk.stream().map(e -> e.kind().code() == 1 || e.kind().code() == 8 ? e : "
                                + "new Entry(e.id(), e.kind(), e.payload(), node.clock().wallMillis())).toList())"),
                new Mutant(
                        "session-floor-off-by-one",
                        "The last command that a client has the answer of counts as one that may still be applied.",
                        AT + "SessionTable.java",
                        "if (sequence < session.floor()) {",
                        "if (sequence < session.floor() - 1) {"),
                new Mutant(
                        "session-outlives-leader-wrongly",
                        "A change of leader is not a fact of the log but of the node: the grace is not restored.",
                        AT + "SessionSection.java",
                        "data.writeLong(leaderSinceMillis);",
                        "data.writeLong(0);"),
                new Mutant(
                        "session-unknown-as-refused",
                        "A write of a session whose earlier attempt may have taken effect is said to have none.",
                        AT + "SessionDesk.java",
                        "if (last.retry() == Retry.UNKNOWN || (before == null && !underWay)) {",
                        "if (last.retry() != Retry.USELESS) {"));
    }
}
