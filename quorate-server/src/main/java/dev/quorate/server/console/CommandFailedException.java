package dev.quorate.server.console;

/** A command could not do what it was asked; the message is the one line that the user sees. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String UNKNOWN = "a write may have happened";

    private final int exitCode;
    private final boolean usage;
    private final boolean outcomeUnknown;

    /** A failure with exit code 1. */
    public CommandFailedException(String message) {
        this(1, false, false, message);
    }

    private CommandFailedException(int exitCode, boolean usage, boolean outcomeUnknown, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.usage = usage;
        this.outcomeUnknown = outcomeUnknown;
    }

    /** A write that may have happened, which the message says at its end. */
    static CommandFailedException outcomeUnknown(String message) {
        return new CommandFailedException(
                1, false, true, message.contains(UNKNOWN) ? message : message + "; " + UNKNOWN);
    }

    /** Bad use of the command line, which nothing but a look at all arguments could find; exit code 2. */
    public static CommandFailedException usage(String message) {
        return new CommandFailedException(2, true, false, message);
    }

    /** A failure whose exit code tells more than that there was one. */
    public static CommandFailedException withExitCode(int exitCode, String message) {
        return new CommandFailedException(exitCode, false, false, message);
    }

    /** True for bad use of the command line. */
    public boolean isUsage() {
        return usage;
    }

    /** True when a write may have happened, or may still; false when it did not. */
    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
