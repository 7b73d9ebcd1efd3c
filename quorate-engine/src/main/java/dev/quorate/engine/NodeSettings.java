package dev.quorate.engine;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.Storage;
import dev.quorate.spi.Transport;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * All that a node is made of.
 *
 * @param bootstrap the members at first start
 * @param transport empty only when the node is the only member
 */
record NodeSettings(
        NodeIdentity identity,
        Membership bootstrap,
        Storage storage,
        StateMachine stateMachine,
        Optional<Transport> transport,
        NodeOptions options,
        NanoClock clock,
        Executor callbackExecutor) {

    /** The node. */
    NodeId id() {
        return identity.nodeId();
    }
}
