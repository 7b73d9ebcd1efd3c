package dev.quorate.engine;

import dev.quorate.raft.Input;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Refusal;
import dev.quorate.spi.QuorateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The linearizable reads that wait for the core: all that gathered in a step share one question. Owned by LOOP. */
final class PendingReads {
    private final NodeId self;
    private final ReadDesk desk;
    private final Map<Long, ReadBatch> asked = new LinkedHashMap<>();
    private final List<ReadRequest<?>> gathered = new ArrayList<>();
    private long lastReadId;

    PendingReads(NodeId self, ReadDesk desk) {
        this.self = self;
        this.desk = desk;
    }

    void add(ReadRequest<?> request) {
        gathered.add(request);
    }

    /** True when there is something for {@link #flush}. */
    boolean hasGathered() {
        return !gathered.isEmpty();
    }

    /**
     * Asks the core for all that was gathered; it answers through {@link #ready} or {@link #refused}, at once or later.
     */
    void flush(Consumer<Input> step) {
        if (!gathered.isEmpty()) {
            long readId = ++lastReadId;
            asked.put(readId, new ReadBatch(desk, gathered));
            gathered.clear();
            step.accept(new Input.Read(readId));
        }
    }

    void ready(long readId, long readIndex) {
        ReadBatch batch = asked.remove(readId);
        if (batch != null) {
            desk.confirmed(batch, readIndex);
        }
    }

    void refused(long readId, Refusal reason, Optional<NodeId> leader) {
        ReadBatch batch = asked.remove(readId);
        if (batch != null) {
            desk.refuse(batch.reads(), Refusals.toException(reason, self, leader));
        }
    }

    /** Fails all: the node stops. */
    void abandon(QuorateException reason) {
        for (ReadBatch batch : asked.values()) {
            desk.refuse(batch.reads(), reason);
        }
        asked.clear();
        desk.refuse(List.copyOf(gathered), reason);
        gathered.clear();
    }
}
