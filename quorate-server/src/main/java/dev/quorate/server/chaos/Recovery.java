package dev.quorate.server.chaos;

import dev.quorate.etcd.wire.HashKVResponse;
import dev.quorate.etcd.wire.NodeStatusResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is demanded of a cluster when nothing is wrong with it any more: a leader whom all follow, answers for all
 * clients, and the same state everywhere, all within a stated time. On the thread of the round.
 */
final class Recovery {
    /** The time for all of it, from the moment on which everything was taken back. */
    static final long PATIENCE_MILLIS = 60_000;

    private static final long POLL_MILLIS = 100;
    private static final int WRITES_EACH = 3;

    private final Members members;
    private final Agenda agenda;
    private final Journal journal;
    private final long deadline;

    /** Begins to measure the time. */
    Recovery(Members members, Agenda agenda, Journal journal) {
        this.members = members;
        this.agenda = agenda;
        this.journal = journal;
        this.deadline = agenda.millis() + PATIENCE_MILLIS;
    }

    /** A question with an answer when it is not as demanded. */
    @FunctionalInterface
    private interface Demand {
        Optional<String> flaw();
    }

    /** Waits until all members follow one leader and each client has written again; what is missing, when it is. */
    Optional<String> awaitService(List<ChaosClient> clients) throws IOException, InterruptedException {
        Optional<String> divided = await("one leader for all", this::dividedness);
        if (divided.isPresent()) {
            return divided;
        }
        List<Long> before = clients.stream().map(ChaosClient::answeredWrites).toList();
        return await("writes of all clients", () -> {
            List<Integer> waiting = new ArrayList<>();
            for (int i = 0; i < clients.size(); i++) {
                if (clients.get(i).answeredWrites() < before.get(i) + WRITES_EACH) {
                    waiting.add(i);
                }
            }
            return waiting.isEmpty() ? Optional.empty() : Optional.of("no answers for clients " + waiting);
        });
    }

    /** Waits until all members hold the same, which needs that nobody writes. */
    Optional<String> awaitAgreement() throws IOException, InterruptedException {
        return await("one state at all members", this::disagreement);
    }

    private Optional<String> await(String what, Demand demand) throws IOException, InterruptedException {
        long began = agenda.millis();
        while (true) {
            Optional<String> flaw = demand.flaw();
            if (flaw.isEmpty()) {
                journal.say("took " + (agenda.millis() - began) + " ms: " + what);
                return flaw;
            }
            if (agenda.millis() > deadline) {
                journal.say("IN VAIN: " + what + ": " + flaw.get());
                return Optional.of("not within " + PATIENCE_MILLIS / 1_000 + " s after everything was healed: " + what
                        + ": " + flaw.get());
            }
            agenda.runUntil(agenda.millis() + POLL_MILLIS);
        }
    }

    private Optional<String> dividedness() {
        Map<Member, NodeStatusResponse> statuses = members.statuses();
        List<Member> all = members.present();
        if (statuses.size() < all.size()) {
            return Optional.of("no word from "
                    + all.stream()
                            .filter(member -> !statuses.containsKey(member))
                            .map(Member::name)
                            .toList());
        }
        Collection<NodeStatusResponse> said = statuses.values();
        long leaders =
                said.stream().map(NodeStatusResponse::getLeader).distinct().count();
        boolean leads = said.stream().anyMatch(status -> status.getRole().equals("leader"));
        boolean whole = said.stream().noneMatch(status -> status.getRejoining() || status.getAlarmsCount() > 0);
        boolean ok = leaders == 1 && leads && whole;
        return ok ? Optional.empty() : Optional.of(told(statuses));
    }

    private static String told(Map<Member, NodeStatusResponse> statuses) {
        TreeMap<String, String> words = new TreeMap<>();
        statuses.forEach((member, status) -> words.put(
                member.name(),
                status.getRole() + " in term " + status.getTerm() + " led by " + Long.toHexString(status.getLeader())
                        + ", committed " + status.getCommitIndex() + ", applied " + status.getAppliedIndex()
                        + (status.getRejoining() ? ", rejoining" : "")
                        + (status.getAlarmsCount() > 0 ? ", alarms " + status.getAlarmsList() : "")));
        return words.toString();
    }

    private Optional<String> disagreement() {
        TreeMap<String, String> states = new TreeMap<>();
        for (Member member : members.present()) {
            Optional<HashKVResponse> hash = member.hash();
            states.put(
                    member.name(),
                    hash.map(told -> Integer.toHexString(told.getHash()) + " at revision " + told.getHashRevision())
                            .orElse("no word of " + member.name()));
        }
        return states.values().stream().distinct().count() == 1 ? Optional.empty() : Optional.of("hashes " + states);
    }
}
