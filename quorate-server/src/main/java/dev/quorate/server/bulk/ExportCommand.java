package dev.quorate.server.bulk;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Prefixes;
import dev.quorate.server.console.Progress;
import dev.quorate.server.console.Terminal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate export [FILE]}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the pairs of the store in key order, all of one revision, to FILE, which appears when it is"
                    + " complete; without FILE to standard output. 'quorate import' reads it.",
        })
public final class ExportCommand implements Callable<Integer> {
    private static final int FIRST_PAGE = 128;
    private static final int PAGE_MAX = 10_000;
    private static final long PAGE_BYTES = 2 << 20;

    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "The file to write.")
    private @Nullable Path file;

    @Option(names = "--prefix", paramLabel = "P", description = "Only the keys that begin with P.")
    private String prefix = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; csv when FILE ends in .csv, else ndjson.")
    private @Nullable Format format;

    @Option(names = "--base64", description = "Write keys and values in base64; needed for CSV with other than text.")
    private boolean base64;

    @Option(names = "--overwrite", description = "Replace FILE when it exists.")
    private boolean overwrite;

    public ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            if (file == null) {
                write(terminal.out());
                if (terminal.out().checkError()) {
                    throw new CommandFailedException("cannot write to standard output");
                }
                return 0;
            }
            toFile(file);
            return 0;
        } catch (IOException unwritable) {
            throw new CommandFailedException("cannot write " + file + ": " + unwritable.getMessage());
        }
    }

    private void toFile(Path target) throws IOException {
        if (Files.exists(target) && !overwrite) {
            throw new CommandFailedException(target + " exists; --overwrite replaces it");
        }
        Path absolute = target.toAbsolutePath();
        Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                write(out);
            }
            Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void write(OutputStream out) throws IOException {
        Progress progress = new Progress(terminal, "export", "records");
        PairWriter writer = PairWriter.to(out, Format.of(format, file), base64);
        ByteString first = prefix.isEmpty() ? Prefixes.ZERO : Fields.utf8(prefix);
        ByteString end = prefix.isEmpty() ? Prefixes.ZERO : Prefixes.after(first);
        long revision = 0;
        long total = 0;
        long done = 0;
        long limit = FIRST_PAGE;
        boolean more = true;
        while (more) {
            RangeResponse page = page(first, end, revision, limit);
            if (revision == 0) {
                revision = page.getHeader().getRevision();
                total = page.getCount();
            }
            long bytes = 0;
            for (KeyValue pair : page.getKvsList()) {
                writer.write(pair.getKey(), pair.getValue());
                bytes += pair.getKey().size() + pair.getValue().size();
            }
            int count = page.getKvsCount();
            done += count;
            progress.update(done, total == 0 ? 1 : (double) done / total);
            more = page.getMore() && count > 0;
            if (more) {
                first = page.getKvs(count - 1).getKey().concat(Prefixes.ZERO);
                limit = Math.max(1, Math.min(PAGE_MAX, PAGE_BYTES * count / Math.max(1, bytes)));
            }
        }
        writer.flush();
        progress.clear();
        terminal.note("exported " + progress.summary(done) + ", revision " + revision);
    }

    /** All pages are of one revision, whichever member answers. */
    private RangeResponse page(ByteString first, ByteString end, long revision, long limit) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(first)
                .setRangeEnd(end)
                .setRevision(revision)
                .setLimit(limit)
                .build();
        return client.reading(server -> server.kv().range(request));
    }
}
