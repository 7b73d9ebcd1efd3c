package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.NodeOptions;
import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class MetricsPortTest {
    private static final Endpoint ANY = new Endpoint("127.0.0.1", 0);

    @TempDir
    private Path directory = Path.of("");

    private static HttpResponse<String> get(InetSocketAddress address, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + address.getPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void healthMeansLinearizableReadsAndMetricsTellTheStatus() throws IOException, InterruptedException {
        try (RunningServer server = RunningServer.start(directory.resolve("d"), List.of(ANY), NodeOptions.DEFAULTS);
                MetricsPort port = MetricsPort.start(server.node(), server.store(), List::of, List.of(ANY))) {
            InetSocketAddress address = port.addresses().get(0);
            HttpResponse<String> healthy = get(address, "/health");
            assertThat(healthy.statusCode()).isEqualTo(200);
            assertThat(healthy.body()).isEqualTo("{\"health\":\"true\"}\n");
            String metrics = get(address, "/metrics").body();
            assertThat(metrics.lines()).contains("quorate_is_leader 1", "quorate_voters 1", "quorate_store_revision 1");
            server.store().close();
            HttpResponse<String> closed = get(address, "/health");
            assertThat(closed.statusCode()).isEqualTo(503);
            assertThat(closed.body()).contains("\"health\":\"false\"", "closed");
        }
    }
}
