package dev.quorate.engine;

import dev.quorate.raft.Effect;
import dev.quorate.spi.Entry;
import dev.quorate.spi.RaftLog;
import java.io.IOException;
import java.util.List;

/**
 * One {@link Effect.Persist} with its entries, on the way from LOOP to the log. Remembers how far it got, because a
 * full disk may stop it.
 */
final class LogWrite extends Inbox.Item {
    private final Effect.Persist persist;
    private final List<Entry> entries;
    private int stepsDone;

    LogWrite(Effect.Persist persist, List<Entry> entries) {
        this.persist = persist;
        this.entries = entries;
    }

    /** The number to acknowledge once this and everything before it is durable. */
    long sequence() {
        return persist.sequence();
    }

    /** Makes the changes that are not made yet, in the order that the effect prescribes. LOG only. */
    void perform(RaftLog log) throws IOException {
        if (stepsDone == 0) {
            if (persist.resetTo().isPresent()) {
                log.resetTo(persist.resetTo().get());
            }
            stepsDone = 1;
        }
        if (stepsDone == 1) {
            if (persist.truncateFrom() > 0) {
                log.truncateFrom(persist.truncateFrom());
            }
            stepsDone = 2;
        }
        if (stepsDone == 2) {
            if (persist.hardState().isPresent()) {
                log.saveHardState(persist.hardState().get());
            }
            stepsDone = 3;
        }
        if (!entries.isEmpty()) {
            log.append(entries);
        }
    }
}
