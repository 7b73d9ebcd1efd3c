package dev.quorate.grpc;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What is logged while a test runs. */
final class LogLines implements BeforeEachCallback, AfterEachCallback {
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    @Override
    public void beforeEach(ExtensionContext context) {
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        // As the process has it.
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /** The lines that contain this, in order. */
    List<String> with(String part) {
        return logged.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(part))
                .toList();
    }

    /** Waits for the first line that contains this. */
    String await(String part) {
        Cluster.until("a line with " + part, () -> !with(part).isEmpty());
        return with(part).get(0);
    }
}
