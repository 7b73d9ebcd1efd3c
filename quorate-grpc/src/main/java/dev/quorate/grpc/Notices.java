package dev.quorate.grpc;

import dev.quorate.spi.NanoClock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the log short: what is said of a peer is said again after a minute at the earliest. Owned by the network
 * thread.
 */
final class Notices {
    private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int TOPICS_MAX = 1024;

    private final NanoClock clock;
    private final Map<String, Long> said = new LinkedHashMap<>();

    Notices(NanoClock clock) {
        this.clock = clock;
    }

    /** True when nothing was said on this topic within the last minute; it counts as said then. */
    boolean isDue(String topic) {
        long now = clock.nanoTime();
        Long last = said.get(topic);
        if (last != null && now - last < INTERVAL_NANOS) {
            return false;
        }
        said.remove(topic);
        if (said.size() >= TOPICS_MAX) {
            said.remove(said.keySet().iterator().next());
        }
        said.put(topic, now);
        return true;
    }
}
