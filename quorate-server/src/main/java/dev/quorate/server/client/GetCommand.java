package dev.quorate.server.client;

import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeRequest.SortOrder;
import dev.quorate.etcd.wire.RangeRequest.SortTarget;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Terminal;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quorate get KEY [END]}. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = "Prints a key or a range of keys: key, value, key, value, each on a line of its own.")
public final class GetCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private KeyRange range = new KeyRange();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "0", description = "At most N pairs; 0 for all.")
    private long limit;

    @Option(names = "--rev", paramLabel = "REVISION", defaultValue = "0", description = "The store as it was then.")
    private long revision;

    @Option(names = "--sort-by", paramLabel = "TARGET", description = "KEY, VERSION, CREATE, MODIFY or VALUE.")
    private String sortBy = "";

    @Option(names = "--order", paramLabel = "ORDER", description = "ASCEND or DESCEND.")
    private String order = "";

    @Option(names = "--keys-only", description = "Leave the values out.")
    private boolean keysOnly;

    @Option(names = "--print-value-only", description = "Print the values only.")
    private boolean valuesOnly;

    @Option(names = "--count-only", description = "Print how many keys there are.")
    private boolean countOnly;

    @Option(
            names = "--consistency",
            paramLabel = "l|s",
            defaultValue = "l",
            description = "l: linearizable; s: serializable, from the server's own state, may be stale"
                    + " (default: ${DEFAULT-VALUE}).")
    private String consistency = "l";

    public GetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (keysOnly && valuesOnly) {
            throw CommandFailedException.usage("--keys-only and --print-value-only exclude each other");
        }
        if (limit < 0) {
            throw CommandFailedException.usage("--limit must not be negative");
        }
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(range.key())
                .setRangeEnd(range.end())
                .setLimit(limit)
                .setRevision(revision)
                .setSortTarget(sortTarget())
                .setSortOrder(sortOrder())
                .setKeysOnly(keysOnly)
                .setCountOnly(countOnly)
                .setSerializable(serializable())
                .build();
        RangeResponse answer = client.reading(server -> server.kv().range(request));
        output.print(terminal, answer, () -> print(answer));
        return 0;
    }

    private void print(RangeResponse answer) {
        if (countOnly) {
            terminal.line(Long.toString(answer.getCount()));
        } else if (valuesOnly) {
            for (KeyValue pair : answer.getKvsList()) {
                terminal.line(pair.getValue());
            }
        } else {
            Pairs.print(terminal, answer);
        }
    }

    private boolean serializable() {
        return switch (consistency) {
            case "l" -> false;
            case "s" -> true;
            default -> throw CommandFailedException.usage("--consistency is l or s, not '" + consistency + "'");
        };
    }

    private SortTarget sortTarget() {
        return switch (sortBy.toUpperCase(Locale.ROOT)) {
            case "", "KEY" -> SortTarget.KEY;
            case "VERSION" -> SortTarget.VERSION;
            case "CREATE" -> SortTarget.CREATE;
            case "MOD", "MODIFY" -> SortTarget.MOD;
            case "VALUE" -> SortTarget.VALUE;
            default ->
                throw CommandFailedException.usage(
                        "--sort-by is KEY, VERSION, CREATE, MODIFY or VALUE, not '" + sortBy + "'");
        };
    }

    private SortOrder sortOrder() {
        return switch (order.toUpperCase(Locale.ROOT)) {
            case "" -> SortOrder.NONE;
            case "ASCEND" -> SortOrder.ASCEND;
            case "DESCEND" -> SortOrder.DESCEND;
            default -> throw CommandFailedException.usage("--order is ASCEND or DESCEND, not '" + order + "'");
        };
    }
}
