package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RelayTest {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 150;
    private static final InetSocketAddress ANYWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Link there = new Link(1);
    private final Link back = new Link(2);
    private final ServerSocket server;
    private final Relay relay;

    RelayTest() throws IOException {
        server = new ServerSocket();
        server.bind(ANYWHERE);
        server.setSoTimeout(PATIENCE_MILLIS);
        relay = new Relay(ANYWHERE, (InetSocketAddress) server.getLocalSocketAddress(), there, back);
    }

    private Socket caller = new Socket();
    private Socket called = new Socket();

    @BeforeEach
    void connect() throws IOException {
        caller = new Socket(relay.address().getAddress(), relay.address().getPort());
        called = server.accept();
        caller.setSoTimeout(PATIENCE_MILLIS);
        called.setSoTimeout(PATIENCE_MILLIS);
    }

    @AfterEach
    void close() throws IOException {
        there.close();
        back.close();
        relay.close();
        caller.close();
        called.close();
        server.close();
    }

    private static void say(Socket socket, int word) throws IOException {
        socket.getOutputStream().write(word);
    }

    private static int hear(Socket socket) throws IOException {
        return socket.getInputStream().read();
    }

    private static void hearNothing(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> hear(socket)).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    @Test
    void whatIsSaidIsHeardOnBothSides() throws IOException {
        say(caller, 1);
        assertThat(hear(called)).isEqualTo(1);
        say(called, 2);
        assertThat(hear(caller)).isEqualTo(2);
    }

    @Test
    void aCutHoldsOneDirectionAndTheOtherOneCarries() throws IOException {
        there.cut(true);
        say(caller, 1);
        hearNothing(called);
        say(called, 2);
        assertThat(hear(caller)).isEqualTo(2);
    }

    @Test
    void whatWasHeldArrivesWhenTheCutIsMended() throws IOException {
        back.cut(true);
        say(called, 1);
        say(called, 2);
        hearNothing(caller);
        back.cut(false);
        assertThat(hear(caller)).isEqualTo(1);
        assertThat(hear(caller)).isEqualTo(2);
    }

    @Test
    void noConnectionComesAboutWhileOneDirectionIsCut() throws IOException {
        back.cut(true);
        try (Socket second =
                new Socket(relay.address().getAddress(), relay.address().getPort())) {
            server.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
            server.setSoTimeout(PATIENCE_MILLIS);
            back.cut(false);
            try (Socket accepted = server.accept()) {
                say(second, 3);
                assertThat(hear(accepted)).isEqualTo(3);
            }
        }
    }

    @Test
    void whatIsLateTakesAtLeastItsDelay() throws IOException {
        there.shape(new Network.Shape(60, 0));
        long began = System.nanoTime();
        say(caller, 1);
        assertThat(hear(called)).isEqualTo(1);
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
    }

    @Test
    void whatIsLostComesByARetransmission() throws IOException {
        there.shape(new Network.Shape(0, 1));
        long began = System.nanoTime();
        say(caller, 1);
        assertThat(hear(called)).isEqualTo(1);
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    }

    @Test
    void theEndOfOneSideIsTheEndOfTheOther() throws IOException {
        caller.close();
        assertThat(hear(called)).isEqualTo(-1);
    }

    @Test
    void aClosedRelayEndsItsConnections() throws IOException {
        relay.close();
        assertThat(hear(called)).isEqualTo(-1);
    }

    @Test
    void anAddressIsFreeAsSoonAsItsRelayIsClosed() throws IOException {
        InetSocketAddress target = (InetSocketAddress) server.getLocalSocketAddress();
        for (int i = 0; i < 300; i++) {
            Relay first = new Relay(ANYWHERE, target, there, back);
            InetSocketAddress address = first.address();
            first.close();
            new Relay(address, target, there, back).close();
        }
    }
}
