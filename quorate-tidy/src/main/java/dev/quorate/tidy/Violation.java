package dev.quorate.tidy;

import java.nio.file.Path;

/** One place in one source that breaks a rule. */
record Violation(Path file, long line, String message) {
    /** Written as {@code file:line message}, which terminals and editors turn into a link. */
    @Override
    public String toString() {
        return file + ":" + line + " " + message;
    }
}
