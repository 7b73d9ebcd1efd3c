package dev.quorate.server.chaos;

import dev.quorate.etcd.wire.NodeStatusResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Takes the time of what the cluster does after a fault, on threads of its own. */
final class Watches implements AutoCloseable {
    private static final long POLL_MILLIS = 25;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Members members;
    private final Journal journal;
    private final ExecutorService watchers = Threads.cached("quorate-watch");
    private final List<Long> leaderlessMillis = new ArrayList<>();
    private final List<Long> catchUpMillis = new ArrayList<>();

    Watches(Members members, Journal journal) {
        this.members = members;
        this.journal = journal;
    }

    /** The leader was just killed: how long until another one says that it leads. */
    void leaderKilled() {
        watch(
                "a leader after the kill",
                leaderlessMillis,
                () -> true,
                () -> members.leader().isPresent());
    }

    /** A member was just started: how long until it has applied what was committed when it first answered. */
    void started(Member member) {
        long[] goal = {0};
        MemberProcess life = member.process();
        watch("the catching up of " + member.name(), catchUpMillis, life::isAlive, () -> {
            Optional<NodeStatusResponse> own = member.status();
            if (own.isEmpty() || own.get().getLeader() == 0) {
                return false;
            }
            if (goal[0] == 0) {
                Collection<NodeStatusResponse> all = members.statuses().values();
                goal[0] = all.stream()
                        .mapToLong(NodeStatusResponse::getCommitIndex)
                        .max()
                        .orElse(0);
            }
            return goal[0] > 0 && own.get().getAppliedIndex() >= goal[0];
        });
    }

    /** Polls a condition for as long as another one makes sense of it. */
    private void watch(String what, List<Long> times, BooleanSupplier goesOn, BooleanSupplier condition) {
        long began = System.nanoTime();
        watchers.execute(() -> {
            try {
                while (goesOn.getAsBoolean() && System.nanoTime() - began < PATIENCE_NANOS) {
                    if (condition.getAsBoolean()) {
                        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                        add(times, millis);
                        journal.say("took " + millis + " ms: " + what);
                        return;
                    }
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                }
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private synchronized void add(List<Long> times, long millis) {
        times.add(millis);
    }

    /** The times without a leader. */
    synchronized List<Long> leaderlessMillis() {
        return List.copyOf(leaderlessMillis);
    }

    /** The times of catching up. */
    synchronized List<Long> catchUpMillis() {
        return List.copyOf(catchUpMillis);
    }

    /** Watches no longer. */
    @Override
    public void close() {
        watchers.shutdownNow();
    }
}
