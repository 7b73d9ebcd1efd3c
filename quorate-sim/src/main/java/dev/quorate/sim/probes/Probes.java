package dev.quorate.sim.probes;

import java.util.ArrayList;
import java.util.List;

/** How often each probe was reached. Owned by one thread. */
public final class Probes {
    private final long[] counts = new long[Probe.values().length];

    /** A probe was reached. */
    public void hit(Probe probe) {
        counts[probe.ordinal()]++;
    }

    /** How often it was. */
    public long count(Probe probe) {
        return counts[probe.ordinal()];
    }

    /** Adds what another world reached. */
    public void add(Probes other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
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
