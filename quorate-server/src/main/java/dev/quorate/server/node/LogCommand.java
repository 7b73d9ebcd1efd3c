package dev.quorate.server.node;

import dev.quorate.engine.SessionEntry;
import dev.quorate.kv.CommandText;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.console.WireJson;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.wal.LogInspector;
import dev.quorate.wal.LogRecord;
import dev.quorate.wal.LogReport;
import dev.quorate.wal.LogReport.Damage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quorate log}: what there is to see in the log of a stopped node. Nothing is changed. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks into the log of a stopped node; changes nothing.")
public final class LogCommand implements Runnable {
    private static final int TORN = 1;
    private static final int DAMAGED = 2;
    private static final int NOT_READ = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    private interface Look {
        int at(LogInspector log) throws IOException;
    }

    /** Looks into the log of a directory that no node uses, or says in one line why that cannot be done. */
    private static int look(Path directory, Look look) {
        @Nullable String reason;
        try (LogInspector log = LogInspector.ofStoppedNode(directory.normalize())) {
            return look.at(log);
        } catch (CorruptLogException damaged) {
            throw CommandFailedException.withExitCode(DAMAGED, String.valueOf(damaged.getMessage()));
        } catch (DirectoryInUseException inUse) {
            reason = inUse.getMessage() + "; stop it first";
        } catch (ForeignDirectoryException foreign) {
            reason = Files.isDirectory(directory) ? foreign.getMessage() : directory + " is not a directory";
        } catch (AccessDeniedException denied) {
            reason = "cannot read " + denied.getFile() + ": permission denied";
        } catch (IOException unreadable) {
            reason = "cannot read " + directory + ": " + unreadable.getMessage();
        }
        throw CommandFailedException.withExitCode(NOT_READ, String.valueOf(reason));
    }

    /** {@code quorate log verify DIR}. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            exitCodeOnInvalidInput = NOT_READ,
            description = {
                "Reads the whole log and says whether it is sound, as a start of the node would judge it.",
                "",
                "Exit code 0: clean; 1: the last write was torn, which the next start cuts off; 2: damaged, and a node",
                "would not start; 3: nothing was read, because DIR is in use, not ours or unreadable.",
            })
    public static final class Verify implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private OutputOptions output = new OutputOptions();

        @Parameters(index = "0", paramLabel = "DIR", description = "The data directory of the node.")
        private Path directory = Path.of("");

        public Verify(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            return look(directory, log -> print(log.verify()));
        }

        private int print(LogReport report) {
            int exitCode = report.damage().isPresent() ? DAMAGED : report.tornBytes() > 0 ? TORN : 0;
            if (output.json()) {
                terminal.line(json(report, new String[] {"clean", "torn", "damaged"}[exitCode]));
                return exitCode;
            }
            terminal.line(
                    switch (exitCode) {
                        case DAMAGED ->
                            "DAMAGED: " + report.damage().map(Damage::what).orElseThrow();
                        case TORN ->
                            "torn: " + Table.bytes(report.tornBytes())
                                    + " of a write that was never acknowledged stand at"
                                    + " the end; the next start cuts them off";
                        default -> report.closedInOrder() ? "clean" : "clean, though the node was not stopped in order";
                    });
            terminal.line((exitCode == DAMAGED ? "before it: " : "") + entries(report) + "; " + report.records()
                    + " records, " + report.segments() + " segment files");
            return exitCode;
        }

        private static String entries(LogReport report) {
            long first = report.purged().index() + 1;
            long last = report.last().index();
            String term = ", term " + report.hardState().term();
            return (last < first ? "no entries from " + first + " on" : "entries " + first + " to " + last) + term;
        }

        private static String json(LogReport report, String result) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("result", result);
            report.damage().ifPresent(damage -> {
                fields.put("file", damage.file());
                fields.put("offset", damage.offset());
                fields.put("index", damage.index());
                fields.put("damage", damage.what());
            });
            fields.put("tornBytes", report.tornBytes());
            fields.put("segments", (long) report.segments());
            fields.put("records", report.records());
            fields.put("purgedIndex", report.purged().index());
            fields.put("purgedTerm", report.purged().term());
            fields.put("lastIndex", report.last().index());
            fields.put("lastTerm", report.last().term());
            fields.put("term", report.hardState().term());
            return WireJson.ofFields(fields);
        }
    }

    /** {@code quorate log dump DIR}. */
    @Command(
            name = "dump",
            mixinStandardHelpOptions = true,
            exitCodeOnInvalidInput = NOT_READ,
            description = {
                "Prints each record in the order of the log, entries with their command. What a later record cuts off",
                "or purges is printed too.",
                "",
                "Exit code 0: all was printed; 2: the log is damaged, and what stands before that was printed; 3:",
                "nothing was read, because DIR is in use, not ours or unreadable.",
            })
    public static final class Dump implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private OutputOptions output = new OutputOptions();

        @Option(names = "--from", paramLabel = "INDEX", description = "Only records of this index and later ones.")
        private long from;

        @Option(names = "--to", paramLabel = "INDEX", description = "Only records of this index and earlier ones.")
        private long to = Long.MAX_VALUE;

        @Parameters(index = "0", paramLabel = "DIR", description = "The data directory of the node.")
        private Path directory = Path.of("");

        public Dump(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            boolean all = from <= 0 && to == Long.MAX_VALUE;
            return look(directory, log -> {
                log.dump(record -> {
                    if (all || (record.index() > 0 && record.index() >= from && record.index() <= to)) {
                        terminal.line(output.json() ? json(record) : line(record));
                    }
                });
                return 0;
            });
        }

        private static String line(LogRecord record) {
            String content = content(record);
            return content.isEmpty() ? record.toString() : record + "  " + content;
        }

        private static String json(LogRecord record) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", String.valueOf(record.file().getFileName()));
            fields.put("offset", record.offset());
            fields.put("kind", record.kind());
            fields.put("term", record.term());
            fields.put("index", record.index());
            if (record.timeMillis() != 0) {
                fields.put("time", Instant.ofEpochMilli(record.timeMillis()));
            }
            fields.put("size", (long) record.payload().length());
            String content = content(record);
            if (!content.isEmpty()) {
                fields.put("content", content);
            }
            if (record.kind().isEntry()) {
                fields.put(
                        "payload",
                        Base64.getEncoder().encodeToString(record.payload().toByteArray()));
            }
            return WireJson.ofFields(fields);
        }

        /** What the payload says, as far as it is ours to read. */
        private static String content(LogRecord record) {
            Bytes payload = record.payload();
            try {
                return switch (record.kind()) {
                    case COMMAND -> command(payload);
                    case OPEN_SESSION, CLOSE_SESSION, SESSION_COMMAND ->
                        ofSession(SessionEntry.decode(
                                EntryKind.ofCode(record.kind().code()), payload));
                    case MEMBERSHIP -> MembershipFormat.decode(payload).toString();
                    case ALARM -> payload.toString();
                    default -> "";
                };
            } catch (IllegalArgumentException unknown) {
                return "(" + unknown.getMessage() + ")";
            }
        }

        private static String command(Bytes payload) {
            return CommandText.of(payload).orElse("(a command of another state machine)");
        }

        private static String ofSession(SessionEntry entry) {
            if (entry instanceof SessionEntry.Command command) {
                return "session " + command.session() + " command " + command.sequence() + " (answered below "
                        + command.firstUnanswered() + ") " + command(command.command());
            } else if (entry instanceof SessionEntry.Close close) {
                return "session " + close.session() + " ends";
            }
            SessionEntry.Open open = (SessionEntry.Open) entry;
            return "a session of at most " + open.inFlightMax() + " in flight begins, of at most " + open.sessionsMax()
                    + " sessions, timeout " + Duration.ofMillis(open.timeoutMillis());
        }
    }
}
