package dev.quorate.server.console;

/** A command could not do what it was asked; the message is the one line that the user sees. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final boolean usage;

    /** A failure with exit code 1. */
    public CommandFailedException(String message) {
        this(1, false, message);
    }

    private CommandFailedException(int exitCode, boolean usage, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.usage = usage;
    }

    /** Bad use of the command line, which nothing but a look at all arguments could find; exit code 2. */
    public static CommandFailedException usage(String message) {
        return new CommandFailedException(2, true, message);
    }

    /** A failure whose exit code tells more than that there was one. */
    public static CommandFailedException withExitCode(int exitCode, String message) {
        return new CommandFailedException(exitCode, false, message);
    }

    /** True for bad use of the command line. */
    public boolean isUsage() {
        return usage;
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
