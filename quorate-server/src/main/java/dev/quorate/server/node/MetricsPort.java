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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What monitoring asks over HTTP: {@code /health}, which answers 200 when this member answers linearizable reads at
 * this moment and 503 with the reason otherwise, a learner always 503, and {@code /metrics}. A few threads of its own,
 * so that nothing here can be in the way of anything else, and others for {@code /health}, which waits.
 */
final class MetricsPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsPort.class);

    static final Duration HEALTH = Duration.ofSeconds(2);

    private static final int THREADS = 2;
    private static final int HEALTH_WAITING_MAX = 64;

    private final QuorateNode node;
    private final EmbeddedKv store;
    private final Supplier<List<PeerStatistics>> peers;
    private final ExecutorService threads;
    private final ExecutorService healthThreads;
    private final List<HttpServer> servers = new ArrayList<>();

    private MetricsPort(QuorateNode node, EmbeddedKv store, Supplier<List<PeerStatistics>> peers) {
        this.node = node;
        this.store = store;
        this.peers = peers;
        this.threads = Executors.newFixedThreadPool(THREADS, daemons("quorate-metrics"));
        this.healthThreads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(HEALTH_WAITING_MAX),
                daemons("quorate-health"));
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
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

    private void health(HttpExchange exchange) {
        try {
            healthThreads.execute(() -> tellHealth(exchange));
        } catch (RejectedExecutionException full) {
            unwell(exchange, HEALTH_WAITING_MAX + " requests wait already");
        }
    }

    private void tellHealth(HttpExchange exchange) {
        try {
            node.ready(HEALTH).join();
            if (node.isLearner()) {
                unwell(exchange, "a learner, which serves no linearizable reads");
            } else {
                answer(exchange, 200, "application/json", "{\"health\":\"true\"}\n");
            }
        } catch (CompletionException notNow) {
            Throwable cause = notNow.getCause() == null ? notNow : notNow.getCause();
            unwell(exchange, String.valueOf(cause.getMessage()));
        }
    }

    private static void unwell(HttpExchange exchange, String why) {
        String reason = why.replace("\\", "/").replace("\"", "'");
        String line = reason.lines().findFirst().orElse("");
        answer(exchange, 503, "application/json", "{\"health\":\"false\",\"reason\":\"" + line + "\"}\n");
    }

    private void metrics(HttpExchange exchange) {
        String page = MetricsText.of(node.status(), store.status(), node.metrics(), peers.get());
        answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", page);
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException gone) {
            LOG.debug("metrics.not-answered reason={}", gone.toString());
        }
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
        healthThreads.shutdownNow();
    }
}
