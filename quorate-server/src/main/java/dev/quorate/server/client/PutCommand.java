package dev.quorate.server.client;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate put KEY [VALUE]}. */
@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        description = "Stores a value under a key. Without VALUE it is read from standard input, to its end.")
public final class PutCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private WriteOptions writes = new WriteOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
    private String key = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "The value.")
    private @Nullable String value;

    @Option(names = "--prev-kv", description = "Print the pair that was there before.")
    private boolean prevKv;

    @Option(names = "--ignore-value", description = "Keep the present value; the key must exist.")
    private boolean ignoreValue;

    public PutCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (ignoreValue && value != null) {
            throw CommandFailedException.usage("--ignore-value goes without VALUE");
        }
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFrom(key, StandardCharsets.UTF_8))
                .setValue(ignoreValue ? ByteString.EMPTY : value())
                .setPrevKv(prevKv)
                .setIgnoreValue(ignoreValue)
                .build();
        PutResponse answer = writes.make(client, server -> server.kv().put(request), session -> session.put(request));
        output.print(terminal, answer, () -> Pairs.print(terminal, answer));
        return 0;
    }

    private ByteString value() {
        return value == null
                ? ByteString.copyFrom(terminal.readAll().asByteBuffer())
                : ByteString.copyFrom(value, StandardCharsets.UTF_8);
    }
}
