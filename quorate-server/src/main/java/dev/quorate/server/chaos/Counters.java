package dev.quorate.server.chaos;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.server.console.Connection;
import dev.quorate.sim.kernel.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The clients of a round that count in sessions. On the thread of the round. */
final class Counters {
    private static final int CLIENTS = 2;

    private final List<CountingClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int wrong;

    /** Lets them begin. */
    Counters(Chance chance, Supplier<List<Member>> members, HistoryLog history, Journal journal) {
        for (int i = 0; i < CLIENTS; i++) {
            CountingClient client = new CountingClient(i, chance.split(), members, history, journal);
            clients.add(client);
            threads.add(Threads.start("quorate-counting-" + i, client));
        }
    }

    /** Waits until each has its last answer. */
    void stop() throws InterruptedException {
        clients.forEach(CountingClient::stop);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Compares what is there in the end with what was acknowledged; a line for each that differs. */
    List<String> judge(Connection connection) {
        List<String> flaws = new ArrayList<>();
        for (CountingClient client : clients) {
            long version = connection
                    .kv()
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8(client.key()))
                            .build())
                    .getKvsList()
                    .stream()
                    .mapToLong(KeyValue::getVersion)
                    .sum();
            client.flaw(version).ifPresent(flaws::add);
        }
        wrong = flaws.size();
        return flaws;
    }

    /** What they counted. */
    Counted counted() {
        return new Counted(
                clients.stream().mapToLong(CountingClient::acknowledged).sum(),
                clients.stream().mapToLong(CountingClient::doubts).sum(),
                wrong);
    }

    /**
     * What was counted in sessions.
     *
     * @param increments those that were acknowledged
     * @param doubts attempts whose outcome was unknown, so that the increment was sent again
     * @param wrong counters that have another number of increments than were acknowledged
     */
    record Counted(long increments, long doubts, int wrong) {
        static final Counted NOTHING = new Counted(0, 0, 0);
    }
}
