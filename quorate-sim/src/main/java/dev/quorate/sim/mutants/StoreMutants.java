package dev.quorate.sim.mutants;

import java.util.List;

/** Bugs in the key-value store. */
final class StoreMutants {
    private static final String AT = "quorate-kv/src/main/java/dev/quorate/kv/";

    private StoreMutants() {}

    static List<Mutant> all() {
        return List.of(
                new Mutant(
                        "wall-clock-in-state",
                        "The store takes the time of its machine into its state.",
                        AT + "KvStateMachine.java",
                        "timeMillis = Math.max(timeMillis, command.timeMillis());",
                        "timeMillis = System.nanoTime();"),
                new Mutant(
                        "publish-one-late",
                        "Readers see the state before the last command.",
                        AT + "KvStateMachine.java",
                        "table.publish(revision);",
                        "table.publish(Math.max(1, revision - 1));"),
                new Mutant(
                        "equal-or-more",
                        "A condition of equality holds for what is greater, too.",
                        AT + "TxnPlan.java",
                        "case EQUAL -> order == 0;",
                        "case EQUAL -> order >= 0;"),
                new Mutant(
                        "restore-forgets-revision",
                        "A restored store counts its revisions anew from the last compaction.",
                        AT + "KvStateMachine.java",
                        "        revision = reader.revision();\n" + "        compacted",
                        "        revision = Math.max(1, reader.revision() - 1);\n" + "        compacted"),
                new Mutant(
                        "delete-without-digest",
                        "Deletions do not count in the digest.",
                        AT + "WriteTransaction.java",
                        "            digest.delete(pair, before + 1);\n",
                        ""),
                new Mutant(
                        "transaction-in-two",
                        "The second write of a transaction gets a revision of its own.",
                        AT + "WriteTransaction.java",
                        "        long revision = before + 1;\n" + "        KvPair pair;",
                        "        long revision = before + (wrote ? 2 : 1);\n" + "        KvPair pair;"));
    }
}
