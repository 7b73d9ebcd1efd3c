package dev.quorate.sim.check;

/** A file is not a history: what is wrong, and in which line. */
public final class HistoryFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long line;

    HistoryFormatException(long line, String problem) {
        super("line " + line + ": " + problem);
        this.line = line;
    }

    /** The line, from 1. */
    public long line() {
        return line;
    }
}
