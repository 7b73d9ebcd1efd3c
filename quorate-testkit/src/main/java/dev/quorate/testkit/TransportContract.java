package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.quorate.raft.Membership;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Transport} must do, one test a sentence of its contract. A transport may lose anything, so the
 * tests send again until something arrives, and then insist on what arrived.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TransportContract {
    /** The first node of the tests. */
    protected static final NodeId ONE = NodeId.of(1);
    /** The second node of the tests. */
    protected static final NodeId TWO = NodeId.of(2);
    /** A node that is a member of nothing. */
    protected static final NodeId STRANGER = NodeId.of(9);

    private static final long RESEND_MILLIS = 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<Station> stations = new ArrayList<>();

    /** For subclasses. */
    protected TransportContract() {}

    /**
     * A transport that is not started, and where it is reached.
     *
     * @param address what the memberships of the others say of the node
     */
    public record Place(Transport transport, String address) {}

    /**
     * A new transport of a node, at an address where none was during this test; all transports of a test are of one
     * network. The suite closes it.
     */
    protected abstract Place place(NodeId self) throws Exception;

    /** An address of the kind that the network has, where nobody is. */
    protected abstract String deadAddress() throws Exception;

    /** A node in a test: its transport, and what came in. */
    private static final class Station implements Transport.Receiver {
        private record Arrival(NodeId from, PeerMessage message) {}

        private final NodeId id;
        private final Place place;
        private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicBoolean calledAfterClose = new AtomicBoolean();

        private Station(NodeId id, Place place) {
            this.id = id;
            this.place = place;
        }

        @Override
        public void received(NodeId from, PeerMessage message) {
            if (closed.get()) {
                calledAfterClose.set(true);
            }
            arrived.add(new Arrival(from, message));
        }

        private void send(Station to, PeerMessage message) {
            place.transport().send(to.id, message);
        }

        private void close() {
            place.transport().close();
            closed.set(true);
        }
    }

    @AfterEach
    void closeAll() {
        stations.forEach(Station::close);
        assertThat(stations).noneMatch(station -> station.calledAfterClose.get());
    }

    private Station station(NodeId id) throws Exception {
        Station station = new Station(id, place(id));
        stations.add(station);
        return station;
    }

    private static Membership membership(Station... members) {
        Map<NodeId, String> addresses = new TreeMap<>();
        for (Station member : members) {
            addresses.put(member.id, member.place.address());
        }
        return Membership.ofVoters(addresses);
    }

    private static void start(Station station, Membership membership) {
        station.place.transport().membershipChanged(membership);
        station.place.transport().start(station);
    }

    private Station[] startTwo() throws Exception {
        Station one = station(ONE);
        Station two = station(TWO);
        start(one, membership(one, two));
        start(two, membership(one, two));
        return new Station[] {one, two};
    }

    /** Sends until something arrives that fits, and returns all that came until then, the last one included. */
    private static List<PeerMessage> until(Station at, Predicate<PeerMessage> fits, Runnable send)
            throws InterruptedException {
        List<PeerMessage> came = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() - end < 0) {
            send.run();
            Station.Arrival next = at.arrived.poll(RESEND_MILLIS, TimeUnit.MILLISECONDS);
            for (; next != null; next = at.arrived.poll()) {
                came.add(next.message());
                if (fits.test(next.message())) {
                    return came;
                }
            }
        }
        throw new AssertionError("not arrived at node " + at.id + ", but " + came.size() + " others");
    }

    private static void untilArrived(Station from, Station to, PeerMessage message) throws InterruptedException {
        until(to, message::equals, () -> from.send(to, message));
    }

    private static long round(PeerMessage message) {
        return message instanceof PeerMessage.Protocol protocol
                        && protocol.message() instanceof Message.Heartbeat heartbeat
                ? heartbeat.round()
                : -1;
    }

    @Test
    public void everyMessageArrivesAsItWasSent() throws Exception {
        Station[] nodes = startTwo();
        for (PeerMessage message : PeerMessages.samples().values()) {
            untilArrived(nodes[0], nodes[1], message);
            untilArrived(nodes[1], nodes[0], message);
        }
    }

    @Test
    public void samplesAreOfEveryKind() {
        List<Class<?>> kinds = new ArrayList<>();
        for (PeerMessage message : PeerMessages.samples().values()) {
            kinds.add(message.getClass());
            if (message instanceof PeerMessage.Protocol protocol) {
                kinds.add(protocol.message().getClass());
            }
        }
        assertThat(kinds)
                .containsAll(List.of(PeerMessage.class.getPermittedSubclasses()))
                .containsAll(List.of(Message.class.getPermittedSubclasses()));
    }

    @Test
    public void theSenderIsNamed() throws Exception {
        Station[] nodes = startTwo();
        Station.Arrival arrival = null;
        while (arrival == null) {
            nodes[0].send(nodes[1], PeerMessages.heartbeat(1));
            arrival = nodes[1].arrived.poll(RESEND_MILLIS, TimeUnit.MILLISECONDS);
        }
        assertThat(arrival.from()).isEqualTo(ONE);
    }

    @Test
    public void messagesOfOneKindArriveInTheOrderSent() throws Exception {
        Station[] nodes = startTwo();
        long[] sent = new long[1];
        List<PeerMessage> came = until(nodes[1], message -> round(message) >= 2000, () -> {
            for (int i = 0; i < 100; i++) {
                nodes[0].send(nodes[1], PeerMessages.heartbeat(++sent[0]));
            }
        });
        List<Long> rounds = came.stream().map(TransportContract::round).toList();
        assertThat(rounds).doesNotHaveDuplicates().isSorted();
    }

    @Test
    public void entriesArriveInTheOrderSentAndWhole() throws Exception {
        Station[] nodes = startTwo();
        untilArrived(nodes[0], nodes[1], PeerMessages.append(0, 1, 1));
        List<PeerMessage> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sent.add(PeerMessages.append(1 + 50L * i, 50, 100));
        }
        sent.forEach(message -> nodes[0].send(nodes[1], message));
        PeerMessage last = PeerMessages.append(20_000, 1, 1);
        List<PeerMessage> came = until(nodes[1], last::equals, () -> nodes[0].send(nodes[1], last));
        List<Integer> places =
                came.stream().map(sent::indexOf).filter(at -> at >= 0).toList();
        assertThat(places).isNotEmpty().doesNotHaveDuplicates().isSorted();
    }

    @Test
    public void largeMessagesArrive() throws Exception {
        Station[] nodes = startTwo();
        untilArrived(nodes[0], nodes[1], PeerMessages.append(0, 4096, 256));
        untilArrived(nodes[0], nodes[1], PeerMessages.append(5000, 1, 4 << 20));
        untilArrived(nodes[0], nodes[1], PeerMessages.chunk(0, 1, 4 << 20));
    }

    @Test
    public void aNodeThatIsNotThereIsNoErrorAndHoldsNobodyUp() throws Exception {
        Station one = station(ONE);
        Map<NodeId, String> addresses = new TreeMap<>(membership(one).addresses());
        addresses.put(TWO, deadAddress());
        start(one, Membership.ofVoters(addresses));
        PeerMessage large = PeerMessages.append(0, 100, 10_000);
        assertThatCode(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        one.place.transport().send(TWO, large);
                        one.place.transport().send(TWO, PeerMessages.heartbeat(i));
                        one.place.transport().send(STRANGER, large);
                    }
                })
                .doesNotThrowAnyException();
        assertThat(one.arrived).isEmpty();
    }

    @Test
    public void nothingArrivesBeforeTheStartAndALaterStartIsNoticed() throws Exception {
        Station one = station(ONE);
        Station two = station(TWO);
        start(one, membership(one, two));
        for (int i = 0; i < 100; i++) {
            one.send(two, PeerMessages.heartbeat(i));
        }
        assertThat(two.arrived).isEmpty();
        start(two, membership(one, two));
        untilArrived(one, two, PeerMessages.heartbeat(1000));
    }

    @Test
    public void aNodeThatComesBackIsReachedAgain() throws Exception {
        Station[] nodes = startTwo();
        untilArrived(nodes[0], nodes[1], PeerMessages.heartbeat(1));
        nodes[1].close();
        nodes[0].send(nodes[1], PeerMessages.heartbeat(2));
        Station back = station(TWO);
        start(back, membership(nodes[0], back));
        nodes[0].place.transport().membershipChanged(membership(nodes[0], back));
        untilArrived(nodes[0], back, PeerMessages.heartbeat(3));
        untilArrived(back, nodes[0], PeerMessages.heartbeat(4));
    }

    @Test
    public void aMemberIsReachedAtTheAddressOfTheNewestMembership() throws Exception {
        Station one = station(ONE);
        Station two = station(TWO);
        Map<NodeId, String> wrong = new TreeMap<>(membership(one).addresses());
        wrong.put(TWO, deadAddress());
        start(one, Membership.ofVoters(wrong));
        start(two, membership(two));
        one.send(two, PeerMessages.heartbeat(1));
        one.place.transport().membershipChanged(membership(one, two));
        untilArrived(one, two, PeerMessages.heartbeat(2));
    }

    @Test
    public void aNewMemberIsReachedAtOnceAfterTheMembershipSaysWhereItIs() throws Exception {
        Station one = station(ONE);
        Station two = station(TWO);
        start(one, membership(one));
        start(two, Membership.NONE);
        one.place.transport().membershipChanged(membership(one, two));
        untilArrived(one, two, PeerMessages.heartbeat(1));
    }

    @Test
    public void aSenderThatIsNoMemberIsAnswered() throws Exception {
        Station one = station(ONE);
        Station stranger = station(STRANGER);
        start(one, membership(one));
        start(stranger, membership(one));
        untilArrived(stranger, one, PeerMessages.heartbeat(1));
        untilArrived(one, stranger, PeerMessages.heartbeat(2));
        untilArrived(one, stranger, PeerMessages.append(0, 10, 10));
    }

    @Test
    public void aNodeThatKnowsNoMembersAnswersTheOneThatContactsIt() throws Exception {
        Station one = station(ONE);
        Station joining = station(TWO);
        start(joining, Membership.NONE);
        start(one, membership(one, joining));
        for (PeerMessage message : PeerMessages.samples().values()) {
            untilArrived(one, joining, message);
            untilArrived(joining, one, message);
        }
    }

    @Test
    public void snapshotChunksDoNotStopTheOthers() throws Exception {
        Station[] nodes = startTwo();
        untilArrived(nodes[0], nodes[1], PeerMessages.chunk(0, 100, 1));
        long[] round = new long[1];
        for (int seq = 1; seq < 50; seq++) {
            PeerMessage chunk = PeerMessages.chunk(seq, 100, 1 << 20);
            nodes[0].send(nodes[1], chunk);
            long wanted = ++round[0];
            until(
                    nodes[1],
                    message -> round(message) == wanted,
                    () -> nodes[0].send(nodes[1], PeerMessages.heartbeat(wanted)));
        }
        PeerMessage last = PeerMessages.chunk(99, 100, 1);
        untilArrived(nodes[0], nodes[1], last);
    }

    @Test
    public void afterCloseTheReceiverIsNotCalledAndNothingIsSent() throws Exception {
        Station[] nodes = startTwo();
        untilArrived(nodes[0], nodes[1], PeerMessages.heartbeat(1));
        AtomicBoolean stop = new AtomicBoolean();
        Thread sender = new Thread(() -> {
            for (long i = 0; !stop.get(); i++) {
                nodes[0].send(nodes[1], PeerMessages.heartbeat(i));
            }
        });
        sender.start();
        try {
            nodes[1].arrived.take();
            nodes[1].close();
            nodes[1].arrived.clear();
            nodes[0].arrived.clear();
            nodes[1].send(nodes[0], PeerMessages.heartbeat(2));
            assertThat(nodes[1].arrived.poll(RESEND_MILLIS, TimeUnit.MILLISECONDS))
                    .isNull();
            assertThat(nodes[0].arrived.poll(RESEND_MILLIS, TimeUnit.MILLISECONDS))
                    .isNull();
        } finally {
            stop.set(true);
            sender.join();
        }
    }

    @Test
    public void closingTwiceAndUsingAfterwardsIsNoError() throws Exception {
        Station[] nodes = startTwo();
        nodes[0].close();
        assertThatCode(() -> {
                    nodes[0].place.transport().close();
                    nodes[0].send(nodes[1], PeerMessages.heartbeat(1));
                    nodes[0].place.transport().membershipChanged(membership(nodes[1]));
                })
                .doesNotThrowAnyException();
    }

    @Test
    public void anyThreadMaySend() throws Exception {
        Station[] nodes = startTwo();
        untilArrived(nodes[0], nodes[1], PeerMessages.heartbeat(0));
        List<Thread> senders = Stream.iterate(1, number -> number <= 4, number -> number + 1)
                .map(number -> new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        nodes[0].send(nodes[1], PeerMessages.heartbeat(1000L * number + i));
                        nodes[0].send(nodes[1], PeerMessages.append(1000L * number + i, 3, 10));
                    }
                }))
                .toList();
        senders.forEach(Thread::start);
        for (Thread sender : senders) {
            sender.join();
        }
        List<PeerMessage> came = until(
                nodes[1],
                message -> round(message) == 9999,
                () -> nodes[0].send(nodes[1], PeerMessages.heartbeat(9999)));
        for (int number = 1; number <= 4; number++) {
            long least = 1000L * number;
            List<Long> rounds = came.stream()
                    .map(TransportContract::round)
                    .filter(round -> round >= least && round < least + 1000)
                    .toList();
            assertThat(rounds).as("of one thread").isSorted().doesNotHaveDuplicates();
        }
        assertThat(Collections.frequency(
                        came.stream().map(TransportContract::round).toList(), 9999L))
                .isEqualTo(1);
    }
}
