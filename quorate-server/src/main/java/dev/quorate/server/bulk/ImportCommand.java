package dev.quorate.server.bulk;

import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.server.bulk.Pipeline.Mark;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Durations;
import dev.quorate.server.console.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate import FILE}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Puts the records of a file into the store, many at a time.",
            "",
            "Without --key-field and --value-field FILE is what 'quorate export' writes. With --key-field alone the"
                    + " value is the whole record as JSON.",
            "",
            "An import that stops is continued by the same command: FILE.import-state remembers up to which line"
                    + " everything is acknowledged, until the import is complete.",
        })
public final class ImportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(index = "0", paramLabel = "FILE", description = "The file with the records.")
    private Path file = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; csv when FILE ends in .csv, else ndjson.")
    private @Nullable Format format;

    @Option(names = "--key-field", paramLabel = "F", description = "The field, or column, that is the key.")
    private @Nullable String keyField;

    @Option(names = "--value-field", paramLabel = "F", description = "The field, or column, that is the value.")
    private @Nullable String valueField;

    @Option(names = "--prefix", paramLabel = "P", description = "Goes before each key.")
    private String prefix = "";

    @Option(names = "--skip-bad", description = "Leave out lines that are no records, instead of stopping.")
    private boolean skipBad;

    @Option(names = "--restart", description = "Begin with the first line, wherever an earlier import stopped.")
    private boolean restart;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "256",
            description = "At most N puts at a time (default: ${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Durations.class,
            description = "How long to go on trying while the server is away (default: ${DEFAULT-VALUE}).")
    private Duration retryFor = Duration.ZERO;

    public ImportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (inFlight < 1) {
            throw CommandFailedException.usage("--in-flight must be at least 1");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new CommandFailedException(file + (Files.exists(file) ? " cannot be read" : " does not exist"));
        }
        Path statePath = ImportState.beside(file);
        try (Destinations servers = new Destinations(client.toEach());
                InputStream in = Files.newInputStream(file);
                Rows rows = rows(in)) {
            ImportState begin = begin(statePath);
            skipTo(rows, begin.mark());
            try (Pipeline pipeline = new Pipeline(servers, begin.mark(), inFlight, skipBad, retryFor)) {
                terminal.line(new ImportRun(terminal, file, statePath, rows, pipeline, skipBad).run(begin));
            }
            return 0;
        } catch (Rows.MalformedFileException malformed) {
            throw new CommandFailedException(file + ":" + malformed.line() + ": " + malformed.getMessage());
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot read " + file + ": " + unreadable.getMessage());
        }
    }

    private Rows rows(InputStream in) throws IOException {
        Fields fields = new Fields(keyField, valueField, Fields.utf8(prefix));
        return switch (Format.of(format, file)) {
            case ndjson -> new NdjsonRows(in, fields);
            case csv -> new CsvRows(in, fields);
        };
    }

    private ImportState begin(Path statePath) {
        long clusterId = client.reading(server -> server.maintenance().status(StatusRequest.getDefaultInstance()))
                .getHeader()
                .getClusterId();
        String cluster = Long.toHexString(clusterId);
        String options = Format.of(format, file) + " " + keyField + " " + valueField + " " + prefix;
        Optional<ImportState> earlier = restart ? Optional.empty() : ImportState.read(statePath);
        if (earlier.isEmpty()) {
            return new ImportState(cluster, options, Mark.START);
        }
        ImportState state = earlier.get();
        if (!state.cluster().equals(cluster)) {
            throw new CommandFailedException(
                    file + " was being imported into another cluster, " + state.cluster() + "; --restart begins anew");
        }
        if (!state.options().equals(options)) {
            throw new CommandFailedException(file + " was being imported with other options; --restart begins anew");
        }
        terminal.note(String.format(
                Locale.ROOT,
                "continuing after line %,d, with %,d records imported before; --restart begins anew",
                state.mark().line(),
                state.mark().imported()));
        return state;
    }

    /** Reads what was imported before, and makes sure that it is still the same. */
    private void skipTo(Rows rows, Mark mark) throws IOException {
        while (mark.line() > 0) {
            Optional<Row> row = rows.next();
            if (row.isPresent() && row.get().line() < mark.line()) {
                continue;
            }
            if (row.isEmpty() || row.get().line() > mark.line() || rows.fingerprint() != mark.fingerprint()) {
                throw new CommandFailedException(file + " has changed in its first " + mark.line()
                        + " lines, which were imported before; --restart begins anew");
            }
            return;
        }
    }
}
