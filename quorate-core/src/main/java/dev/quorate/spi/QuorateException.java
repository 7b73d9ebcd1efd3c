package dev.quorate.spi;

/**
 * What went wrong with a request, and whether asking again is safe. Every failure that a caller of a node sees is one
 * of these.
 */
public abstract sealed class QuorateException extends RuntimeException
        permits AnswerLostException,
                ChangeRefusedException,
                ChunkOutOfRangeException,
                CorruptSnapshotException,
                DeadlineExceededException,
                InvalidRequestException,
                NodeHaltedException,
                NodeStoppedException,
                NotLeaderException,
                OutcomeUnknownException,
                OverloadedException,
                ReadUnavailableException,
                SessionLostException,
                SnapshotNotFoundException,
                StorageFailedException,
                TransferFailedException,
                WritesStoppedException {
    private static final long serialVersionUID = 1L;

    /** What a caller may conclude about a retry. */
    public enum Retry {
        /** Nothing happened: the same request may be sent again. */
        SAFE,
        /** The request may have taken effect, or still may: a retry can apply it twice. */
        UNKNOWN,
        /** The same request will fail again. */
        USELESS
    }

    private final Retry retry;

    QuorateException(Retry retry, String message) {
        super(message);
        this.retry = retry;
    }

    /** One that says where it was made only if asked to: the trace costs more than the refusal of a request may. */
    QuorateException(Retry retry, String message, boolean writableStackTrace) {
        super(message, null, false, writableStackTrace);
        this.retry = retry;
    }

    QuorateException(Retry retry, String message, Throwable cause) {
        super(message, cause);
        this.retry = retry;
    }

    /** Whether asking again is safe. */
    public final Retry retry() {
        return retry;
    }
}
