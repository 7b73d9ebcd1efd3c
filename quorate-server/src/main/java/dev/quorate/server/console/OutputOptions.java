package dev.quorate.server.console;

import com.google.protobuf.Message;
import picocli.CommandLine.Option;

/** How a command prints its answer. */
public final class OutputOptions {
    /** The formats. */
    public enum Format {
        /** Lines for people and pipes. */
        simple,
        /** The whole answer as one line of JSON. */
        json
    }

    @Option(
            names = {"-w", "--write-out"},
            paramLabel = "FORMAT",
            defaultValue = "simple",
            description = "Format of the answer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.simple;

    /** True when the answer is wanted as JSON. */
    public boolean json() {
        return format == Format.json;
    }

    /** Prints the answer as JSON, or lets {@code simple} print it. */
    public void print(Terminal terminal, Message answer, Runnable simple) {
        if (json()) {
            terminal.line(WireJson.of(answer));
        } else {
            simple.run();
        }
    }
}
