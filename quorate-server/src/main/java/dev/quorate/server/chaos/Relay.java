package dev.quorate.server.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Carries the connections that one member makes to another: what the caller says through one {@link Link}, what it is
 * answered through the other one. Two threads a connection, which end with it.
 */
final class Relay implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int BACKLOG = 64;
    private static final int CONNECT_MILLIS = 1_000;

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Link there;
    private final Link back;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    /**
     * Begins to listen.
     *
     * @param listen where the caller thinks that the other member is
     * @param target where it is
     * @param there what is said by the caller
     * @param back what is said to it
     * @throws IOException when the address cannot be taken
     */
    Relay(InetSocketAddress listen, InetSocketAddress target, Link there, Link back) throws IOException {
        this.target = target;
        this.there = there;
        this.back = back;
        this.listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(listen, BACKLOG);
        } catch (IOException taken) {
            listener.close();
            throw taken;
        }
        this.acceptor = Threads.start("quorate-relay", this::accept);
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket caller;
            try {
                caller = listener.accept();
            } catch (IOException closed) {
                return;
            }
            var unusedCall = Threads.start("quorate-relay-call", () -> connect(caller));
        }
    }

    /** A connection comes about only when packets go both ways. */
    private void connect(Socket caller) {
        Socket called = new Socket();
        sockets.add(caller);
        sockets.add(called);
        try {
            caller.setTcpNoDelay(true);
            called.setTcpNoDelay(true);
            if (!there.pass() || !back.pass()) {
                end(caller, called);
                return;
            }
            called.connect(target, CONNECT_MILLIS);
        } catch (IOException refused) {
            end(caller, called);
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            end(caller, called);
            return;
        }
        var unusedBack = Threads.start("quorate-relay-back", () -> pump(called, caller, back));
        pump(caller, called, there);
    }

    private void pump(Socket from, Socket to, Link link) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                if (!link.pass()) {
                    return;
                }
                out.write(chunk, 0, length);
            }
            // The end travels like everything else.
            boolean unused = link.pass();
        } catch (IOException ended) {
            // One side is gone: the other one learns it below.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            end(from, to);
        }
    }

    private void end(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException gone) {
                // It is closed for us.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException gone) {
            // Nobody listens any more, which is what was wanted.
        }
        for (Socket socket : Set.copyOf(sockets)) {
            end(socket, socket);
        }
        try {
            // The address is free only when nobody waits for callers any more.
            acceptor.join(CONNECT_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
