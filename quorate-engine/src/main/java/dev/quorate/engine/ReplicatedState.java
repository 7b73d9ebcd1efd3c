package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * All that replicas must agree on: the application's state machine and the client sessions beside it. They are applied,
 * frozen, restored and compared as one. Owned by APPLY.
 */
final class ReplicatedState {
    private final StateMachine stateMachine;
    private final long answersBytesMax;
    private SessionTable sessions;
    private long repeated;
    private volatile NodeStatus.Sessions figures;

    /**
     * The state as it is when a node starts.
     *
     * @param answersBytesMax the most bytes of answers to keep for sessions
     */
    ReplicatedState(StateMachine stateMachine, SessionTable sessions, long answersBytesMax) {
        this.stateMachine = stateMachine;
        this.answersBytesMax = answersBytesMax;
        this.sessions = sessions;
        sessions.keepAnswers(answersBytesMax);
        this.figures = new NodeStatus.Sessions(sessions.size(), sessions.keptBytes(), 0);
    }

    /** The numbers of the sessions, as of the last chunk. Any thread. */
    NodeStatus.Sessions figures() {
        return figures;
    }

    /** Applies one entry of whatever kind. */
    ApplyResult apply(Entry entry) {
        sessions.reached(entry);
        return switch (entry.kind()) {
            case COMMAND -> new ApplyResult(entry.id(), stateMachine.apply(entry));
            case OPEN_SESSION, CLOSE_SESSION, SESSION_COMMAND -> applyOfSession(entry);
            case NO_OP, MEMBERSHIP, CHECKPOINT, ALARM -> new ApplyResult(entry.id(), Bytes.EMPTY);
        };
    }

    private ApplyResult applyOfSession(Entry entry) {
        ApplyResult result = sessions.apply(entry, stateMachine::apply);
        if (result.effect() == ApplyResult.Effect.REPEATED || result.effect() == ApplyResult.Effect.ANSWER_LOST) {
            repeated++;
        }
        return result;
    }

    /** Ends a chunk. */
    void chunkApplied(LogId last) throws IOException {
        stateMachine.chunkApplied(last);
        updateFigures();
    }

    private void updateFigures() {
        NodeStatus.Sessions before = figures;
        if (before.open() != sessions.size()
                || before.answerBytes() != sessions.keptBytes()
                || before.repeated() != repeated) {
            figures = new NodeStatus.Sessions(sessions.size(), sessions.keptBytes(), repeated);
        }
    }

    /** The chunk's effects are visible, and its proposers are answered. */
    void chunkPublished(LogId last) {
        stateMachine.chunkPublished(last);
    }

    /** The digest of all; empty when the state machine offers none, for then nothing can be compared. */
    Bytes digest() {
        return digest(stateMachine, sessions);
    }

    /** The present state, for a snapshot. */
    FrozenState freeze() {
        return SessionSection.freeze(sessions, stateMachine.freeze());
    }

    /** Replaces all by what a snapshot holds. */
    void restore(InputStream content, SnapshotMetadata metadata) throws IOException {
        SessionTable restored = restore(content, metadata, stateMachine);
        restored.keepAnswers(answersBytesMax);
        sessions = restored;
        updateFigures();
    }

    /** The sessions of a snapshot; the state machine is replaced by the rest of it. */
    static SessionTable restore(InputStream content, SnapshotMetadata metadata, StateMachine stateMachine)
            throws IOException {
        SessionTable restored = new SessionTable();
        stateMachine.restore(SessionSection.read(content, restored), metadata.lastIncluded());
        Bytes digest = digest(stateMachine, restored);
        Invariant.check(
                digest.isEmpty() || metadata.stateDigest().isEmpty() || digest.equals(metadata.stateDigest()),
                "the restored state is not the one that was frozen: digest, of the snapshot",
                digest,
                metadata.stateDigest());
        return restored;
    }

    /** The state machine's digest, and behind it the one of the sessions when there are any. */
    private static Bytes digest(StateMachine stateMachine, SessionTable sessions) {
        Optional<Bytes> own = stateMachine.digest();
        Bytes ofSessions = sessions.digest();
        if (own.isEmpty() || ofSessions.isEmpty()) {
            return own.orElse(Bytes.EMPTY);
        }
        ByteBuffer both = ByteBuffer.allocate(own.get().length() + ofSessions.length());
        own.get().copyTo(both);
        ofSessions.copyTo(both);
        return Bytes.wrap(both.array());
    }
}
