package dev.quorate.server.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.quorate.engine.QuorateNode;
import dev.quorate.grpc.PeerStatistics;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What monitoring asks over HTTP: {@code /health}, which answers 200 when this member answers linearizable reads at
 * this moment and 503 with the reason otherwise, and {@code /metrics}. A few threads of its own, so that nothing here
 * can be in the way of anything else.
 */
final class MetricsPort implements AutoCloseable {
    static final Duration HEALTH = Duration.ofSeconds(2);

    private static final int THREADS = 2;

    private final QuorateNode node;
    private final EmbeddedKv store;
    private final Supplier<List<PeerStatistics>> peers;
    private final ExecutorService threads;
    private final List<HttpServer> servers = new ArrayList<>();

    private MetricsPort(QuorateNode node, EmbeddedKv store, Supplier<List<PeerStatistics>> peers) {
        this.node = node;
        this.store = store;
        this.peers = peers;
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "quorate-metrics");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Listens on all of these; an exception in one line when one of them cannot be taken.
     *
     * @param peers what the transport counts
     */
    static MetricsPort start(
            QuorateNode node, EmbeddedKv store, Supplier<List<PeerStatistics>> peers, List<Endpoint> endpoints)
            throws IOException {
        MetricsPort port = new MetricsPort(node, store, peers);
        try {
            for (Endpoint endpoint : endpoints) {
                port.listen(endpoint);
            }
            return port;
        } catch (IOException refused) {
            port.close();
            throw refused;
        }
    }

    private void listen(Endpoint endpoint) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(RunningServer.resolve(endpoint), 0);
        } catch (IOException refused) {
            throw new IOException("cannot listen on " + endpoint + ": " + refused.getMessage(), refused);
        }
        server.setExecutor(threads);
        server.createContext("/health", this::health);
        server.createContext("/metrics", this::metrics);
        server.start();
        servers.add(server);
    }

    /** Where it listens, with the real ports. */
    List<InetSocketAddress> addresses() {
        return servers.stream().map(HttpServer::getAddress).toList();
    }

    private void health(HttpExchange exchange) throws IOException {
        try {
            node.ready(HEALTH).join();
            answer(exchange, 200, "application/json", "{\"health\":\"true\"}\n");
        } catch (CompletionException notNow) {
            Throwable cause = notNow.getCause() == null ? notNow : notNow.getCause();
            String reason =
                    String.valueOf(cause.getMessage()).replace("\\", "/").replace("\"", "'");
            answer(
                    exchange,
                    503,
                    "application/json",
                    "{\"health\":\"false\",\"reason\":\""
                            + reason.lines().findFirst().orElse("") + "\"}\n");
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        String page = MetricsText.of(node.status(), store.status(), node.metrics(), peers.get());
        answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", page);
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }
}
