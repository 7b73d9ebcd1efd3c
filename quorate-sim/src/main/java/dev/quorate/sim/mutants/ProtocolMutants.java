package dev.quorate.sim.mutants;

import dev.quorate.sim.faults.Profile;
import java.util.ArrayList;
import java.util.List;

/** Bugs in the protocol: commitment, votes, the log, leases and reads. */
final class ProtocolMutants {
    private static final String AT = "quorate-core/src/main/java/dev/quorate/raft/";

    private ProtocolMutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        all.addAll(first());
        all.addAll(second());
        all.addAll(third());
        return all;
    }

    private static List<Mutant> first() {
        return List.of(
                new Mutant(
                        "commit-volatile",
                        "A leader counts what its own disk does not have yet.",
                        AT + "Replication.java",
                        "me.matchIndex = core.gate.persistedIndex();",
                        "me.matchIndex = core.log.lastIndex();"),
                new Mutant(
                        "ack-volatile",
                        "A follower acknowledges what is not durable.",
                        AT + "Follower.java",
                        "return Math.min(matched, core.gate.persistedIndex());",
                        "return matched;"),
                new Mutant(
                        "vote-volatile",
                        "A vote leaves before it is durable.",
                        AT + "Outbox.java",
                        "boolean open = gate.isHardStatePersisted();",
                        "boolean open = true;"),
                new Mutant(
                        "vote-twice",
                        "A node votes for whoever asks, in the same term too.",
                        AT + "Election.java",
                        "boolean free = core.votedFor().isEmpty() && core.leader().isEmpty();",
                        "boolean free = true;"),
                new Mutant(
                        "vote-for-outdated",
                        "A vote is given to a candidate whose log is behind.",
                        AT + "Election.java",
                        "&& candidateLast.compareTo(core.log.last()) >= 0;",
                        "&& candidateLast.index() >= 0;"),
                new Mutant(
                        "majority-of-half",
                        "Half of the voters are taken for a majority in elections.",
                        AT + "Membership.java",
                        "return count > of.size() / 2;",
                        "return count >= of.size() / 2;"),
                new Mutant(
                        "quorum-too-small",
                        "A value that one less than a quorum has reached counts.",
                        AT + "Quorum.java",
                        "return sorted[peers.length / 2];",
                        "return sorted[Math.max(0, peers.length / 2 - 1)];"),
                new Mutant(
                        "commit-old-term",
                        "Entries of older terms are committed by counting (Raft figure 8).",
                        AT + "Leader.java",
                        "if (durable <= before || durable < firstOfTerm) {",
                        "if (durable <= before) {"),
                new Mutant(
                        "commit-beyond-match",
                        "A follower commits what it has, not what it has compared.",
                        AT + "Follower.java",
                        "core.ladder.commitTo(Math.min(message.commitIndex(), matched));",
                        "core.ladder.commitTo(Math.min(message.commitIndex(), core.log.lastIndex()));"));
    }

    private static List<Mutant> second() {
        return List.of(
                new Mutant(
                        "heartbeat-commits-all",
                        "A heartbeat tells the whole commit index, whatever the follower has.",
                        AT + "Replication.java",
                        "long known = Math.min(core.ladder.commit(), peer.matchIndex);",
                        "long known = core.ladder.commit();"),
                new Mutant(
                        "no-consistency-check",
                        "A follower does not compare the entry before.",
                        AT + "Follower.java",
                        "if (prev.index() >= core.log.purged().index() && termHere != prev.term()) {",
                        "if (prev.index() > core.log.lastIndex()) {"),
                new Mutant(
                        "conflict-kept",
                        "Entries that differ from the leader's stay when there are enough.",
                        AT + "Follower.java",
                        "if (core.log.termAt(index) != run.term()) {",
                        "if (index > core.log.lastIndex()) {"),
                new Mutant(
                                "lease-from-answer",
                                "A lease counts from the answer, not from the question.",
                                AT + "Leader.java",
                                "lease.extend(rounds.confirmedBegunNanos());",
                                "lease.extend(core.nowNanos());")
                        .in(Profile.LEASES),
                new Mutant(
                                "lease-without-drift",
                                "A lease takes no account of clocks that differ.",
                                AT + "Lease.java",
                                ": options.electionTimeoutNanos() - options.clockDriftNanos();",
                                ": options.electionTimeoutNanos();")
                        .in(Profile.LEASES),
                new Mutant(
                                "lease-not-respected",
                                "A follower of a live leader votes for another.",
                                AT + "Election.java",
                                "                || core.nowNanos() < loyalUntilNanos\n",
                                "")
                        .in(Profile.LEASES),
                new Mutant(
                                "promise-forgotten",
                                "A restarted node votes at once, as if it had followed nobody.",
                                AT + "Election.java",
                                "if (core.term() > 0) {",
                                "if (core.term() < 0) {")
                        .in(Profile.LEASES),
                new Mutant(
                                "read-without-round",
                                "A leader answers reads without asking whether it still leads.",
                                AT + "ReadIndex.java",
                                "        if (core.isSoleVoter()) {\n" + "            answer(read);",
                                "        if (readId != 0) {\n" + "            answer(read);")
                        .in(Profile.LEASES),
                new Mutant(
                                "read-joins-old-round",
                                "A read is confirmed by a round that began before it came.",
                                AT + "ReadIndex.java",
                                "core.ladder.commit(), rounds.current() + 1, deadline);",
                                "core.ladder.commit(), rounds.current(), deadline);")
                        .in(Profile.LEASES));
    }

    private static List<Mutant> third() {
        return List.of(
                new Mutant(
                        "read-before-noop",
                        "A new leader reads before it knows what is committed.",
                        AT + "ReadIndex.java",
                        "} else if (!committedInTerm) {",
                        "} else if (!committedInTerm && readId < 0) {"),
                new Mutant(
                        "damaged-votes",
                        "A node that lost entries votes as if it had lost none.",
                        AT + "Rejoining.java",
                        "case ENTRIES_LOST -> informed && candidateLast.compareTo(newest) >= 0;",
                        "case ENTRIES_LOST -> true;"),
                new Mutant(
                        "damaged-whole-at-once",
                        "A node that lost entries is whole when it has any entry.",
                        AT + "Rejoining.java",
                        "core.log.termAt(index) >= term;",
                        "core.log.termAt(index) >= 0;"),
                new Mutant(
                        "wiped-stays-in-term",
                        "A wiped disk comes back as if it had never voted.",
                        AT + "Rejoining.java",
                        "                loseVote(leader);\n            }\n        }\n    }",
                        "                becomeWhole();\n            }\n        }\n    }"));
    }
}
