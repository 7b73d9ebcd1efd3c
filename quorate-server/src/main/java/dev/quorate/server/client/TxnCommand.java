package dev.quorate.server.client;

import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code quorate txn}. */
@Command(
        name = "txn",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a transaction that it reads from standard input, in etcdctl's form: comparisons, then what to do when"
                    + " all hold, then what to do otherwise; an empty line ends each part.",
            "",
            "  value(\"stock\") = \"3\"",
            "  mod(\"order\") > \"0\"",
            "",
            "  put stock \"2\"",
            "  del order",
            "",
            "  get stock",
        })
public final class TxnCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private WriteOptions writes = new WriteOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public TxnCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        TxnRequest request;
        try {
            request = TxnText.parse(terminal.readAll().toUtf8());
        } catch (IllegalArgumentException malformed) {
            throw CommandFailedException.usage(String.valueOf(malformed.getMessage()));
        }
        TxnResponse answer = writes.make(client, server -> server.kv().txn(request), session -> session.txn(request));
        output.print(terminal, answer, () -> Pairs.print(terminal, answer));
        return 0;
    }
}
