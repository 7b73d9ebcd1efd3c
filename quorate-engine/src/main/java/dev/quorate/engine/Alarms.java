package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.Entry;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes whose state is known to differ from the cluster's, as ALARM entries tell. APPLY writes, any thread reads.
 */
final class Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    private final NodeId self;
    private volatile SortedSet<NodeId> raised = Collections.emptySortedSet();

    Alarms(NodeId self) {
        this.self = self;
    }

    SortedSet<NodeId> raised() {
        return raised;
    }

    /** An ALARM entry is applied; one that an unknown version wrote is logged. */
    void applied(Entry entry) {
        try {
            SortedSet<NodeId> more = new TreeSet<>(raised);
            more.add(Alarm.decode(entry.payload()).node());
            raised = Collections.unmodifiableSortedSet(more);
            LOG.error("alarm CORRUPT node={} diverged={} index={}", self, more, entry.index());
        } catch (IllegalArgumentException e) {
            LOG.error("alarm of an unknown kind node={} index={} reason={}", self, entry.index(), e.getMessage());
        }
    }
}
