package dev.quorate.server.bulk;

import dev.quorate.server.bulk.Pipeline.Failure;
import dev.quorate.server.bulk.Pipeline.Mark;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Progress;
import dev.quorate.server.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** One run of an import: rows into the pipeline, the state to its file, the progress to the one who watches. */
final class ImportRun {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration STATE_INTERVAL = Duration.ofSeconds(1);
    private static final long ROWS_BETWEEN_TICKS = 256;
    private static final int BAD_ROWS_SHOWN_MAX = 20;

    private final Terminal terminal;
    private final Path file;
    private final Path statePath;
    private final Rows rows;
    private final Pipeline pipeline;
    private final boolean skipBad;
    private final Progress progress;
    private final long before;
    private long rowsTaken;
    private long badRows;
    private long saved = System.nanoTime();

    ImportRun(Terminal terminal, Path file, Path statePath, Rows rows, Pipeline pipeline, boolean skipBad) {
        this.terminal = terminal;
        this.file = file;
        this.statePath = statePath;
        this.rows = rows;
        this.pipeline = pipeline;
        this.skipBad = skipBad;
        this.progress = new Progress(terminal, "import", "records");
        this.before = pipeline.mark().imported();
    }

    /**
     * Imports the rows that are left.
     *
     * @return what to tell in the end
     * @throws CommandFailedException when the import stopped, saying where and how to go on
     */
    String run(ImportState begin) throws IOException {
        Optional<Failure> unreadable = takeAll(begin);
        while (!pipeline.drain(TICK)) {
            tick(begin);
        }
        progress.clear();
        Mark mark = pipeline.mark();
        Optional<Failure> refused = pipeline.failure();
        Optional<Failure> failure = refused.isPresent() ? refused : unreadable;
        if (failure.isPresent()) {
            new ImportState(begin.cluster(), begin.options(), mark).write(statePath);
            throw new CommandFailedException(String.format(
                    Locale.ROOT,
                    "%s:%d: %s; %,d records are imported, the same command goes on from there",
                    file,
                    failure.get().line(),
                    failure.get().reason(),
                    mark.imported()));
        }
        Files.deleteIfExists(statePath);
        String skipped = mark.skipped() == 0 ? "" : "; " + mark.skipped() + " bad lines left out";
        return "imported " + progress.summary(mark.imported() - before) + skipped;
    }

    private Optional<Failure> takeAll(ImportState begin) throws IOException {
        while (pipeline.failure().isEmpty()) {
            Optional<Row> row;
            try {
                row = rows.next();
            } catch (Rows.MalformedFileException malformed) {
                return Optional.of(new Failure(malformed.line(), String.valueOf(malformed.getMessage())));
            }
            if (row.isEmpty()) {
                return Optional.empty();
            }
            if (row.get() instanceof Row.Bad bad) {
                if (!skipBad) {
                    return Optional.of(new Failure(bad.line(), bad.reason()));
                }
                skip(bad);
            } else if (row.get() instanceof Row.Pair pair) {
                while (!pipeline.offer(pair, rows.fingerprint(), TICK)
                        && pipeline.failure().isEmpty()) {
                    tick(begin);
                }
            }
            if (++rowsTaken % ROWS_BETWEEN_TICKS == 0) {
                tick(begin);
            }
        }
        return Optional.empty();
    }

    private void skip(Row.Bad bad) {
        badRows++;
        if (badRows <= BAD_ROWS_SHOWN_MAX) {
            progress.clear();
            terminal.note(file + ":" + bad.line() + ": left out: " + bad.reason()
                    + (badRows == BAD_ROWS_SHOWN_MAX ? " (more are counted, not shown)" : ""));
        }
        pipeline.skip(bad, rows.fingerprint());
    }

    private void tick(ImportState begin) throws IOException {
        long size = Math.max(1, Files.size(file));
        Mark mark = pipeline.mark();
        progress.update(mark.imported() - before, (double) rows.bytesRead() / size);
        long now = System.nanoTime();
        if (now - saved >= STATE_INTERVAL.toNanos()) {
            saved = now;
            new ImportState(begin.cluster(), begin.options(), mark).write(statePath);
        }
    }
}
