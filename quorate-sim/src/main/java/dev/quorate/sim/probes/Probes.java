package dev.quorate.sim.probes;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** How often each probe was reached. Owned by one thread. */
public final class Probes {
    private final EnumMap<Probe, Long> counts = new EnumMap<>(Probe.class);

    /** A probe was reached. */
    public void hit(Probe probe) {
        counts.merge(probe, 1L, Long::sum);
    }

    /** How often it was. */
    public long count(Probe probe) {
        return counts.getOrDefault(probe, 0L);
    }

    /** Adds what another world reached. */
    public void add(Probes other) {
        other.counts.forEach((probe, count) -> counts.merge(probe, count, Long::sum));
    }

    /** How many probes were reached at all. */
    public int reached() {
        return Probe.values().length - missed().size();
    }

    /** The probes that were never reached. */
    public List<Probe> missed() {
        List<Probe> missed = new ArrayList<>();
        for (Probe probe : Probe.values()) {
            if (count(probe) == 0) {
                missed.add(probe);
            }
        }
        return List.copyOf(missed);
    }
}
