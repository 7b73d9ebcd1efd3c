package dev.quorate.engine;

import dev.quorate.spi.QuorateException;
import java.util.List;

/** Reads that share one confirmation, on their way to APPLY, where the state is fresh enough for all of them. */
final class ReadBatch extends Inbox.Item {
    private final ReadDesk desk;
    private final List<ReadRequest<?>> reads;

    ReadBatch(ReadDesk desk, List<ReadRequest<?>> reads) {
        this.desk = desk;
        this.reads = List.copyOf(reads);
    }

    List<ReadRequest<?>> reads() {
        return reads;
    }

    @Override
    void discarded(QuorateException reason) {
        desk.refuse(reads, reason);
    }
}
