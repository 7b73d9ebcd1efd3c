package dev.quorate.spi;

/** A snapshot has no chunk of this number. */
public final class ChunkOutOfRangeException extends QuorateException {
    private static final long serialVersionUID = 1L;

    private final int seq;
    private final int totalChunks;

    public ChunkOutOfRangeException(int seq, int totalChunks) {
        super(Retry.USELESS, "chunk " + seq + " is outside 0.." + (totalChunks - 1));
        this.seq = seq;
        this.totalChunks = totalChunks;
    }

    /** The chunk that was asked for. */
    public int seq() {
        return seq;
    }

    /** The number of chunks that there are. */
    public int totalChunks() {
        return totalChunks;
    }
}
