package dev.quorate.engine;

import dev.quorate.raft.Input;
import dev.quorate.raft.NodeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells LOOP, from LOG, what is durable. */
final class LogAcknowledgements implements LogDuty.Acknowledgements {
    private static final Logger LOG = LoggerFactory.getLogger(LogAcknowledgements.class);

    private final NodeId self;
    private final DutyCycle loop;

    LogAcknowledgements(NodeId self, DutyCycle loop) {
        this.self = self;
        this.loop = loop;
    }

    @Override
    public void persisted(long sequence) {
        loop.offer(new Told(new Input.Persisted(sequence)));
    }

    @Override
    public void storageSpace(boolean available) {
        if (available) {
            LOG.info("the disk of the log has space again node={}", self);
        } else {
            LOG.warn("the disk of the log is full, nothing is written until it has space node={}", self);
        }
        loop.offer(new Told(new Input.StorageSpace(available)));
    }
}
