package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.ApplyResult.Effect;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random logs of clients that send their commands again and again, late copies included, against a model that knows
 * nothing of windows and floors: it remembers every command for ever, and applies each once.
 */
final class SessionInterleavingsTest {
    private static final int RUNS = 300;
    private static final int STEPS = 400;
    private static final int WINDOW = 4;

    /** A client that obeys the protocol, seen from outside. */
    private static final class Client {
        final long session;
        final TreeMap<Long, Bytes> unanswered = new TreeMap<>();
        long nextSequence = 1;

        Client(long session) {
            this.session = session;
        }

        long firstUnanswered() {
            return unanswered.isEmpty() ? nextSequence : unanswered.firstKey();
        }
    }

    private record Command(long session, long sequence) {}

    private static final class Run {
        final SplittableRandom random;
        final List<Client> clients = new ArrayList<>();
        /** Copies that are still somewhere on the way. */
        final List<SessionEntry.Command> underWay = new ArrayList<>();

        final Map<Command, Bytes> model = new HashMap<>();
        final List<Command> appliedByTable = new ArrayList<>();
        SessionTable table = new SessionTable();
        /** A replica that never restores; with less room for answers. */
        final SessionTable other = new SessionTable();

        long index;
        int answered;
        int repeated;

        Run(long seed) {
            random = new SplittableRandom(seed);
            other.keepAnswers(20);
        }

        private ApplyResult put(EntryKind kind, Bytes payload) {
            Entry entry = new Entry(new LogId(1, ++index), kind, payload, 1000 + index);
            other.reached(entry);
            ApplyResult elsewhere = other.apply(entry, command -> Bytes.utf8("answer " + command.index()));
            table.reached(entry);
            ApplyResult result = table.apply(entry, command -> {
                SessionEntry.Command said = (SessionEntry.Command) SessionEntry.decode(kind, payload);
                appliedByTable.add(new Command(said.session(), said.sequence()));
                return Bytes.utf8("answer " + command.index());
            });
            assertThat(elsewhere.effect() == Effect.ANSWER_LOST ? Effect.REPEATED : elsewhere.effect())
                    .isEqualTo(result.effect());
            assertThat(other.digest()).isEqualTo(table.digest());
            return result;
        }

        void step() throws IOException {
            int draw = random.nextInt(100);
            if (clients.isEmpty() || draw < 2) {
                ApplyResult opened =
                        put(EntryKind.OPEN_SESSION, new SessionEntry.Open(1_000_000, WINDOW, 1000).encode());
                clients.add(new Client(opened.id().index()));
            } else if (draw < 35) {
                ask(clients.get(random.nextInt(clients.size())));
            } else if (draw < 50) {
                askAgain(clients.get(random.nextInt(clients.size())));
            } else if (draw < 55) {
                table = SessionTableTest.copy(table);
            } else if (!underWay.isEmpty()) {
                int place = random.nextInt(underWay.size());
                SessionEntry.Command copy = underWay.get(place);
                if (random.nextInt(4) > 0) {
                    underWay.remove(place);
                }
                arrive(copy);
            }
        }

        private void ask(Client client) {
            if (client.nextSequence - client.firstUnanswered() < WINDOW) {
                long sequence = client.nextSequence++;
                Bytes command = Bytes.utf8("command " + sequence);
                client.unanswered.put(sequence, command);
                underWay.add(new SessionEntry.Command(client.session, sequence, client.firstUnanswered(), command));
            }
        }

        private void askAgain(Client client) {
            client.unanswered.forEach((sequence, command) -> {
                if (random.nextBoolean()) {
                    underWay.add(new SessionEntry.Command(client.session, sequence, client.firstUnanswered(), command));
                }
            });
        }

        private void arrive(SessionEntry.Command copy) {
            Client client = clients.stream()
                    .filter(c -> c.session == copy.session())
                    .findFirst()
                    .orElseThrow();
            ApplyResult result = put(EntryKind.SESSION_COMMAND, copy.encode());
            boolean waits = client.unanswered.containsKey(copy.sequence());
            Command command = new Command(copy.session(), copy.sequence());
            Bytes before = model.get(command);
            if (before == null) {
                assertThat(result.effect()).isEqualTo(Effect.APPLIED);
                model.put(command, result.response());
            } else if (waits) {
                assertThat(result.effect()).isEqualTo(Effect.REPEATED);
                assertThat(result.response()).isEqualTo(before);
                repeated++;
            } else {
                assertThat(result.effect()).isIn(Effect.REPEATED, Effect.FORGOTTEN);
            }
            // The answer arrives, or is lost on the way.
            if (waits && random.nextInt(3) > 0) {
                client.unanswered.remove(copy.sequence());
                answered++;
            }
        }
    }

    @Test
    void everyCommandIsAppliedOnceHoweverOftenItComesAndWhateverIsRestored() throws IOException {
        int answered = 0;
        int repeated = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            Run run = new Run(seed);
            for (int step = 0; step < STEPS; step++) {
                run.step();
            }
            assertThat(run.appliedByTable).as("seed " + seed).doesNotHaveDuplicates();
            assertThat(run.appliedByTable).as("seed " + seed).hasSameSizeAs(run.model.keySet());
            answered += run.answered;
            repeated += run.repeated;
        }
        assertThat(answered).isGreaterThan(RUNS * 20);
        assertThat(repeated).isGreaterThan(RUNS * 5);
    }
}
