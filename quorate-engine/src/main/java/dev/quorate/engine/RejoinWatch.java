package dev.quorate.engine;

import dev.quorate.raft.Raft;
import dev.quorate.raft.Rejoin;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OpenStorage;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes, durably, when a node that had lost something is whole again, and when what looked like a first start was none.
 * Owned by LOOP.
 *
 * <p>The note is on its way to LOG before the effects of the step that made the node whole: entries that it takes as a
 * whole node are never on a disk that says otherwise, and a vote that it gives after it had asked is never on one that
 * looks like a first start.
 */
final class RejoinWatch {
    private static final Logger LOGGER = LoggerFactory.getLogger(RejoinWatch.class);

    private final Raft raft;
    private final DutyCycle log;
    private final OpenStorage storage;
    private volatile boolean rejoining;
    private boolean warned;

    RejoinWatch(Raft raft, DutyCycle log, OpenStorage storage) {
        this.raft = raft;
        this.log = log;
        this.storage = storage;
        this.rejoining = raft.isRejoining();
    }

    /** The core made a step; its effects are executed after this. */
    void stepped() {
        if (rejoining && !raft.isRejoining()) {
            rejoining = false;
            log.execute(this::noteWhole);
        } else if (rejoining && !warned && raft.isAskingVoters()) {
            warned = true;
            log.execute(this::noteVoteLost);
            LOGGER.warn("this node does not know what it promised, because its disk is new in a cluster that is not, or"
                    + " lost its vote: it takes no part until every other voter has told it how far it is; if one of"
                    + " them is gone for good, remove that one, or remove this node and add it anew with an empty"
                    + " directory and another id");
        }
    }

    /** True while the node may not vote because of what its disk lost. Any thread. */
    boolean isRejoining() {
        return rejoining;
    }

    private void noteVoteLost() {
        if (storage.rejoin().reason() != Rejoin.Reason.FIRST_START) {
            return;
        }
        try {
            storage.voteLost();
        } catch (IOException e) {
            throw new NodeHaltedException("the loss of the vote cannot be noted: " + e.getMessage(), e);
        }
    }

    private void noteWhole() {
        if (storage.rejoin().equals(Rejoin.NOT_NEEDED)) {
            return;
        }
        try {
            storage.rejoined();
            LOGGER.info("whole again after={}", storage.rejoin().reason());
        } catch (IOException e) {
            throw new NodeHaltedException("the mark of a repair cannot be removed: " + e.getMessage(), e);
        }
    }
}
