package dev.quorate.server.client;

import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quorate del KEY [END]}. */
@Command(
        name = "del",
        mixinStandardHelpOptions = true,
        description = "Deletes a key or a range of keys, and prints how many there were.")
public final class DelCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private WriteOptions writes = new WriteOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private KeyRange range = new KeyRange();

    @Option(names = "--prev-kv", description = "Print the deleted pairs.")
    private boolean prevKv;

    public DelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        DeleteRangeRequest request = DeleteRangeRequest.newBuilder()
                .setKey(range.key())
                .setRangeEnd(range.end())
                .setPrevKv(prevKv)
                .build();
        DeleteRangeResponse answer = writes.make(
                client, server -> server.kv().deleteRange(request), session -> session.deleteRange(request));
        output.print(terminal, answer, () -> Pairs.print(terminal, answer));
        return 0;
    }
}
