package dev.quorate.server.chaos;

import dev.quorate.server.console.Connection;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.CheckLimits;
import dev.quorate.sim.check.CheckReport;
import dev.quorate.sim.check.Consistency;
import dev.quorate.sim.check.HistoryChecker;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.check.Seen;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.workload.Workload;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A fresh cluster of processes, clients that load it, faults; then everything is healed, and what is left is judged. On
 * one thread, which is that of the nemesis too.
 */
final class Round {
    private static final long FIRST_LEADER_MILLIS = 90_000;
    private static final long POLL_MILLIS = 100;
    private static final Duration FINAL_READ = Duration.ofSeconds(20);
    private static final CheckLimits LIMITS = new CheckLimits(3_000_000, 200_000);

    private final RoundPlan plan;
    private final Path directory;
    private final boolean mounts;
    private final List<String> violations = new ArrayList<>();
    private boolean linearizable = true;
    private boolean undecided;
    private int lostWrites;
    private int restoredBackups;
    private Counters.Counted counted = Counters.Counted.NOTHING;

    /**
     * A round.
     *
     * @param directory gets everything: data, history, what the servers say, what happened when
     * @param mounts whether file systems can be mounted
     */
    Round(RoundPlan plan, Path directory, boolean mounts) {
        this.plan = plan;
        this.directory = directory;
        this.mounts = mounts;
    }

    /** Runs it. */
    RoundReport run(long seed) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        boolean fills = plan.faults().stream().anyMatch(fault -> fault.kind().fillsDisk());
        try (Journal journal = new Journal(directory.resolve("timeline.txt"));
                HistoryLog history = new HistoryLog(directory.resolve("history.ndjson"));
                Network network = Networks.open(plan.network(), seed);
                Volumes volumes = new Volumes(mounts && fills);
                Members members = new Members(plan, network, volumes, directory, "chaos-" + seed);
                Watches watches = new Watches(members, journal)) {
            journal.say("seed " + seed + ": " + plan);
            Agenda agenda = new Agenda();
            ProcessFaults processes = new ProcessFaults(members, agenda, watches, journal);
            MachineFaults machines = new MachineFaults(members, volumes, agenda, journal);
            NetworkFaults networks = new NetworkFaults(members, network, agenda, journal);
            MembershipFaults changes = new MembershipFaults(members, agenda, watches, journal);
            DamageFaults damage = new DamageFaults(members, agenda, processes, journal);
            Map<FaultKind, Faults> doers = doers(processes, machines, networks, changes, damage);
            Nemesis nemesis = new Nemesis(plan, members, agenda, journal, processes, damage, doers);
            members.startFirst();
            if (awaitLeader(members, agenda)) {
                load(nemesis, members, agenda, history, journal);
            } else {
                violations.add("no leader within " + FIRST_LEADER_MILLIS / 1_000 + " s of the first start");
            }
            violations.addAll(journal.wrongs());
            judge(history);
            if (!violations.isEmpty()) {
                volumes.keep();
            }
            return report(nemesis, members, history, watches);
        }
    }

    private static Map<FaultKind, Faults> doers(
            Faults processes, Faults machines, Faults networks, Faults changes, Faults damage) {
        Map<FaultKind, Faults> doers = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            doers.put(
                    kind,
                    switch (kind) {
                        case KILL_LEADER, KILL_FOLLOWER, KILL_MAJORITY, KILL_ALL, PAUSE, ROLLING_RESTART -> processes;
                        case ISOLATE_LEADER, ISOLATE_FOLLOWER, SPLIT, ONE_WAY, LOSS, DELAY -> networks;
                        case FULL_DISK_LEADER, FULL_DISK_FOLLOWER, SLOW_DISK, CLOCK_STEP -> machines;
                        case MEMBERSHIP -> changes;
                        case CORRUPT -> damage;
                    });
        }
        return doers;
    }

    private static boolean awaitLeader(Members members, Agenda agenda) throws InterruptedException {
        while (agenda.millis() < FIRST_LEADER_MILLIS) {
            if (members.leader().isPresent()) {
                return true;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return false;
    }

    private void load(Nemesis nemesis, Members members, Agenda agenda, HistoryLog history, Journal journal)
            throws IOException, InterruptedException {
        Chance chance = new Chance(plan.clientSeed());
        Workload workload = new Workload(chance.split());
        List<ChaosClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.clients(); i++) {
            ChaosClient client = new ChaosClient(i, plan, chance.split(), workload, members::present, history, journal);
            clients.add(client);
            threads.add(Threads.start("quorate-client-" + i, client));
        }
        Counters counters = new Counters(chance.split(), members::present, history, journal);
        nemesis.run();
        nemesis.heal();
        Recovery recovery = new Recovery(members, agenda, journal);
        Optional<String> flaw = recovery.awaitService(clients);
        Optional<Backup> backup = flaw.isEmpty() ? save(chance.pick(members.present()), journal) : Optional.empty();
        clients.forEach(ChaosClient::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        counters.stop();
        if (flaw.isEmpty()) {
            flaw = recovery.awaitAgreement();
        }
        flaw.ifPresent(violations::add);
        if (flaw.isEmpty()) {
            readAll(members.present().get(0), counters, history, journal);
        }
        counted = counters.counted();
        if (backup.isPresent()) {
            restore(backup.get(), history);
        }
    }

    private Optional<Backup> save(Member from, Journal journal) {
        try {
            return Optional.of(Backup.save(from, directory.resolve("backup"), journal));
        } catch (IOException failed) {
            violations.add("a backup of a healthy cluster was not saved: " + failed.getMessage());
            return Optional.empty();
        }
    }

    private void restore(Backup backup, HistoryLog history) throws InterruptedException {
        try {
            backup.restore().forEach(history::add);
            restoredBackups++;
        } catch (IOException failed) {
            violations.add("a backup was not restored: " + failed.getMessage());
        }
    }

    /** Reads what is there in the end, for the history, for {@link LostWrites} and for {@link Counters}. */
    private void readAll(Member member, Counters counters, HistoryLog history, Journal journal) {
        SortedMap<String, Seen> end = new TreeMap<>();
        try (Connection connection = Connection.to(member.client(), FINAL_READ)) {
            Operation everything = read(connection, new Action.Range(" ", Optional.empty()), journal);
            end.putAll(((Answer.Listed) everything.answer().orElseThrow()).pairs());
            for (String key : end.keySet()) {
                if (!key.startsWith(Workload.SET)) {
                    history.add(read(connection, new Action.Get(key), journal));
                }
            }
            history.add(read(connection, Action.Range.prefix(Workload.SET), journal));
            violations.addAll(counters.judge(connection));
        } catch (StatusRuntimeException refused) {
            violations.add("the final read was refused by " + member.name() + ": " + refused.getStatus());
            return;
        }
        List<String> lost = LostWrites.of(history.history(), end);
        lostWrites = lost.size();
        violations.addAll(lost);
    }

    private static Operation read(Connection connection, Action action, Journal journal) {
        long invoked = journal.nanos();
        Outcome outcome = action.accept(new WireCall(connection.kv(), false));
        return new Operation("final", invoked, journal.nanos(), action, outcome, Consistency.LINEARIZABLE);
    }

    private void judge(HistoryLog history) throws IOException {
        CheckReport report = HistoryChecker.check(history.history(), LIMITS);
        linearizable = report.exitCode() != CheckReport.EXIT_VIOLATION;
        undecided = report.exitCode() == CheckReport.EXIT_UNDECIDED;
        if (report.exitCode() != CheckReport.EXIT_OK) {
            Files.writeString(directory.resolve("verdict.txt"), report.text());
        }
        if (!linearizable) {
            Files.writeString(directory.resolve("verdict.html"), report.html());
            violations.add(report.text());
        }
    }

    private RoundReport report(Nemesis nemesis, Members members, HistoryLog history, Watches watches)
            throws IOException {
        return new RoundReport(
                nemesis.struck(),
                history.count(),
                history.unknownCount(),
                nemesis.ends(),
                members.logRefusals(),
                lostWrites,
                counted,
                restoredBackups,
                violations,
                linearizable,
                undecided,
                watches.leaderlessMillis(),
                watches.catchUpMillis());
    }
}
