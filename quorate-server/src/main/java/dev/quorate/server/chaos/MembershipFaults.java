package dev.quorate.server.chaos;

import dev.quorate.etcd.wire.MemberAddRequest;
import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MemberRemoveRequest;
import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.server.console.Connection;
import dev.quorate.sim.kernel.Chance;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Changes of membership while clients write: somebody joins, and when it has a vote somebody leaves. An answer that is
 * lost leaves open whether the change happened; {@link #healAll} looks, and brings the processes in line.
 */
final class MembershipFaults implements Faults {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 300;
    private static final long VOTE_PATIENCE_MILLIS = 25_000;
    private static final long GOODBYE_MILLIS = 3_000;
    private static final int HEAL_ATTEMPTS_MAX = 60;

    private final Members members;
    private final Agenda agenda;
    private final Watches watches;
    private final Journal journal;
    /** The members by the peer URLs by which the cluster knows them. */
    private final Map<String, Member> byUrl = new HashMap<>();

    private boolean underWay;

    MembershipFaults(Members members, Agenda agenda, Watches watches, Journal journal) {
        this.members = members;
        this.agenda = agenda;
        this.watches = watches;
        this.journal = journal;
    }

    @Override
    public boolean strike(PlannedFault fault) throws IOException {
        Optional<Member> leader = members.leader();
        if (underWay || leader.isEmpty() || !members.mayPrepare()) {
            return false;
        }
        Member joining = members.prepare();
        String url = members.peerUrl(joining);
        boolean refused = false;
        try (Connection connection = Connection.to(leader.get().client(), ANSWER_MAX)) {
            var unused = connection
                    .cluster()
                    .memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url).build());
            journal.say("added " + joining.name());
        } catch (StatusRuntimeException failed) {
            refused = Outcomes.of(failed) != Outcomes.UNKNOWN;
            journal.say((refused ? "not added " : "perhaps added ") + joining.name() + ": " + failed.getStatus());
        }
        if (refused) {
            return false;
        }
        underWay = true;
        members.joined(joining);
        joining.start();
        watches.started(joining);
        awaitVote(joining, new Chance(fault.seed()), agenda.millis() + VOTE_PATIENCE_MILLIS);
        return true;
    }

    private void awaitVote(Member joining, Chance chance, long deadline) {
        agenda.in(POLL_MILLIS, () -> {
            Optional<NodeStatusResponse> status = joining.isIdle() ? joining.status() : Optional.empty();
            if (status.filter(told -> told.getNodeId() != 0 && !told.getLearner() && told.getLeader() != 0)
                    .isPresent()) {
                journal.say(joining.name() + " has a vote");
                dismiss(chance);
            } else if (agenda.millis() > deadline) {
                journal.say(joining.name() + " got no vote in time");
                underWay = false;
            } else {
                awaitVote(joining, chance, deadline);
            }
        });
    }

    /** Removes one of those that run, the leader often. */
    private void dismiss(Chance chance) throws IOException {
        underWay = false;
        Map<Member, NodeStatusResponse> statuses = members.statuses();
        Optional<Member> leader = Members.leaderOf(statuses);
        List<Member> there = new ArrayList<>(statuses.keySet());
        there.sort((a, b) -> Integer.compare(a.number(), b.number()));
        if (leader.isEmpty() || there.size() <= 2) {
            return;
        }
        Member leaving = chance.happens(0.4) ? leader.get() : chance.pick(there);
        NodeStatusResponse told = statuses.get(leaving);
        try (Connection connection = Connection.to(leader.get().client(), ANSWER_MAX)) {
            remove(connection, told == null ? 0 : told.getNodeId());
        } catch (StatusRuntimeException failed) {
            journal.say("not surely removed " + leaving.name() + ": " + failed.getStatus());
            return;
        }
        journal.say("removed " + leaving.name());
        left(leaving);
    }

    private static void remove(Connection connection, long id) {
        var unused = connection
                .cluster()
                .memberRemove(MemberRemoveRequest.newBuilder().setID(id).build());
    }

    /** It stops by itself when it learns of it, which it may never do. */
    private void left(Member leaving) {
        leaving.expectDown();
        members.left(leaving);
        agenda.in(GOODBYE_MILLIS, () -> {
            journal.say(leaving.name() + (leaving.isAlive() ? " is told to go" : " has gone by itself"));
            leaving.close();
        });
    }

    /** Looks who is a member, removes those that no process is for, and ends processes that are none. */
    @Override
    public void healAll() throws IOException, InterruptedException {
        underWay = false;
        for (int attempt = 0; attempt < HEAL_ATTEMPTS_MAX; attempt++) {
            Optional<Member> leader = members.leader();
            if (leader.isPresent() && reconcile(leader.get())) {
                return;
            }
            Thread.sleep(POLL_MILLIS);
        }
        journal.say("nobody could say who the members are");
    }

    private boolean reconcile(Member leader) {
        byUrl.clear();
        members.present().forEach(member -> byUrl.put(members.peerUrl(member), member));
        try (Connection connection = Connection.to(leader.client(), ANSWER_MAX)) {
            Map<String, Long> ids = new TreeMap<>();
            connection
                    .cluster()
                    .memberList(
                            MemberListRequest.newBuilder().setLinearizable(true).build())
                    .getMembersList()
                    .forEach(told -> ids.put(told.getPeerURLs(0), told.getID()));
            for (Map.Entry<String, Long> known : ids.entrySet()) {
                if (!byUrl.containsKey(known.getKey())) {
                    journal.say("removing " + known.getKey() + ", for which there is no process");
                    remove(connection, known.getValue());
                }
            }
            byUrl.forEach((url, member) -> {
                if (!ids.containsKey(url)) {
                    journal.say(member.name() + " is no member");
                    member.expectDown();
                    members.left(member);
                    member.close();
                }
            });
            return true;
        } catch (StatusRuntimeException failed) {
            journal.say("members unknown: " + failed.getStatus());
            return false;
        }
    }
}
