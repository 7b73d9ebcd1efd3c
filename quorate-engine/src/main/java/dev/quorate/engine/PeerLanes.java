package dev.quorate.engine;

import dev.quorate.raft.Message.AppendEntries;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.Transport;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Puts entries into {@link AppendEntries} messages: from the cache at once, else by a read on BULK, behind which the
 * later messages to the same peer wait, so that they leave in order. Owned by LOOP.
 */
final class PeerLanes {
    private static final int WAITING_MAX = 1024;

    private final Transport transport;
    private final EntryCache cache;
    private final RaftLog log;
    private final DutyCycle loop;
    private final DutyCycle bulk;
    private final LongSupplier currentTerm;
    private final Map<NodeId, Lane> lanes = new TreeMap<>();

    PeerLanes(
            Transport transport,
            EntryCache cache,
            RaftLog log,
            DutyCycle loop,
            DutyCycle bulk,
            LongSupplier currentTerm) {
        this.transport = transport;
        this.cache = cache;
        this.log = log;
        this.loop = loop;
        this.bulk = bulk;
        this.currentTerm = currentTerm;
    }

    /** Sends a message with the entries that it names. */
    void send(NodeId to, AppendEntries message) {
        lanes.computeIfAbsent(to, Lane::new).send(message);
    }

    /** The messages to one peer. */
    private final class Lane {
        private final NodeId to;
        private final ArrayDeque<AppendEntries> waiting = new ArrayDeque<>();
        private boolean reading;

        private Lane(NodeId to) {
            this.to = to;
        }

        private void send(AppendEntries message) {
            if (!reading) {
                sendOrRead(message);
            } else if (waiting.size() < WAITING_MAX) {
                waiting.add(message);
            }
        }

        private void sendOrRead(AppendEntries message) {
            int count = (int) message.count();
            List<Entry> entries = count == 0
                    ? List.of()
                    : cache.range(message.prev().index() + 1, message.last().index(), count, Long.MAX_VALUE);
            if (entries.size() == count) {
                transport.send(to, new PeerMessage.Protocol(message, entries));
            } else {
                reading = true;
                bulk.execute(() -> {
                    List<Entry> read = read(message);
                    loop.execute(() -> finish(message, read));
                });
            }
        }

        private void finish(AppendEntries message, List<Entry> read) {
            reading = false;
            // Entries that are purged or cut off by now are not sent: to the core the message is lost, as in a network.
            if (message.term() == currentTerm.getAsLong() && isWhole(message, read)) {
                transport.send(to, new PeerMessage.Protocol(message, read));
            }
            while (!reading && !waiting.isEmpty()) {
                AppendEntries next = waiting.remove();
                if (next.term() == currentTerm.getAsLong()) {
                    sendOrRead(next);
                }
            }
        }
    }

    private List<Entry> read(AppendEntries message) {
        List<Entry> entries = new ArrayList<>((int) message.count());
        long next = message.prev().index() + 1;
        try {
            while (next <= message.last().index()) {
                List<Entry> part = log.read(next, message.last().index(), Long.MAX_VALUE);
                if (part.isEmpty()) {
                    return entries;
                }
                entries.addAll(part);
                next += part.size();
            }
        } catch (IOException e) {
            throw new NodeHaltedException("the log cannot be read at index " + next + ": " + e.getMessage(), e);
        }
        return entries;
    }

    private static boolean isWhole(AppendEntries message, List<Entry> entries) {
        return entries.size() == message.count()
                && entries.get(entries.size() - 1).id().equals(message.last());
    }
}
