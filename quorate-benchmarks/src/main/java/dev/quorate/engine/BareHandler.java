package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.StateMachine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The engine's handler with nothing around it: whoever calls is every cycle, and nobody listens. For measuring what an
 * apply costs; one thread.
 */
public final class BareHandler {
    private BareHandler() {}

    /**
     * A handler that has applied nothing.
     *
     * @param storage an open, empty storage
     */
    public static StateMachineHandler over(StateMachine stateMachine, OpenStorage storage) {
        Cycle caller = new CallersCycle();
        NodeId self = NodeId.of(1);
        HandlerEnvironment environment = new HandlerEnvironment(
                self, NanoClock.system(), caller, caller, caller, () -> 1, new ShutGate(), new Nobody());
        RecoveredHandlerState nothing = new RecoveredHandlerState(
                LogId.ZERO, 0, Membership.ofVoters(self), Optional.empty(), Optional.empty(), new SessionTable());
        return new DefaultStateMachineHandler(
                environment, stateMachine, storage, SnapshotPolicy.never(), HandlerOptions.DEFAULTS, nothing);
    }

    private static final class CallersCycle implements Cycle {
        @Override
        public void execute(Runnable work) {
            work.run();
        }

        @Override
        public Timer schedule(long atNanos, Runnable work) {
            return () -> {};
        }

        @Override
        public boolean isCurrent() {
            return true;
        }
    }

    private static final class ShutGate implements InstallGate {
        @Override
        public CompletableFuture<Boolean> offer(LogId lastIncluded, Membership membership) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public CompletableFuture<Void> restored(LogId lastIncluded) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class Nobody implements HandlerEvents {
        @Override
        public void applied(List<ApplyResult> results) {}

        @Override
        public void membershipApplied(LogId id, Membership membership) {}

        @Override
        public void alarmApplied(Entry alarm) {}

        @Override
        public void snapshotSaved(Snapshot snapshot) {}

        @Override
        public void checkpointTaken(LogId checkpoint, Bytes stateDigest) {}

        @Override
        public void snapshotInstalled(SnapshotMetadata metadata) {}

        @Override
        public void comparisonSkipped(LogId lastIncluded) {}

        @Override
        public void diverged(LogId at, String reason) {}

        @Override
        public void halted(NodeHaltedException cause) {
            throw cause;
        }
    }
}
