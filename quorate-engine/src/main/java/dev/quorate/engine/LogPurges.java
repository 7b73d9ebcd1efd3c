package dev.quorate.engine;

import dev.quorate.raft.Input;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.PeerMessage.PurgeResponse;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The purges of this node's log, its own as a leader and those that a leader orders: begun on LOOP, done on LOG. */
final class LogPurges implements PurgeCoordinator.LogPurge {
    private final DutyCycle loop;
    private final DutyCycle logCycle;
    private final RaftLog log;
    private final DefaultStateMachineHandler handler;
    private final Transport transport;
    private long asked;

    LogPurges(
            DutyCycle loop, DutyCycle logCycle, RaftLog log, DefaultStateMachineHandler handler, Transport transport) {
        this.loop = loop;
        this.logCycle = logCycle;
        this.log = log;
        this.handler = handler;
        this.transport = transport;
    }

    @Override
    public long purgedIndex() {
        return Math.max(asked, log.purged().index());
    }

    @Override
    public long sizeBytes() {
        return log.sizeBytes();
    }

    @Override
    public void purgeThrough(long index) {
        asked = index;
        logCycle.execute(() -> {
            try {
                List<Entry> entry = log.read(index, index, 0);
                if (!entry.isEmpty()) {
                    tell(log.purge(entry.get(0).id()));
                }
            } catch (IOException e) {
                throw new NodeHaltedException("the log cannot be purged through index " + index + ": " + e, e);
            }
        });
    }

    @Override
    public void quarantine(LogId at, String reason) {
        logCycle.execute(() -> handler.quarantine(at, reason));
    }

    /** A leader's order; answered when it is carried out or refused. */
    void ordered(NodeId from, NodeView.Standing standing, PurgeLogRequest request) {
        logCycle.execute(() -> {
            var unused = handler.handlePurgeRequest(
                            standing.term(), standing.leader(), Optional.of(log.purged()), request, log)
                    .thenAccept(response -> answer(from, response));
        });
    }

    private void answer(NodeId to, PurgeLogResponse response) {
        if (response.success()) {
            tell(response.lastPurged());
        }
        transport.send(to, new PurgeResponse(response));
    }

    private void tell(LogId purged) {
        if (purged.index() > 0) {
            loop.offer(new Told(new Input.Purged(purged)));
        }
    }
}
