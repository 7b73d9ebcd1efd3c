package dev.quorate.server.client;

import com.google.protobuf.ByteString;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Prefixes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which keys a command is about: one, a range, those with a prefix, or those from one on. */
public final class KeyRange {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, or the first one.")
    private String key = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "END", description = "The range ends before this key.")
    private @Nullable String end;

    @Option(names = "--prefix", description = "All keys that begin with KEY; an empty KEY means all keys.")
    private boolean prefix;

    @Option(names = "--from-key", description = "KEY and all keys after it; an empty KEY means all keys.")
    private boolean fromKey;

    /** The first key. */
    ByteString key() {
        return key.isEmpty() && (prefix || fromKey) ? Prefixes.ZERO : utf8(key);
    }

    /** Where the range ends; empty for a single key. */
    ByteString end() {
        if (prefix && fromKey) {
            throw CommandFailedException.usage("--prefix and --from-key exclude each other");
        }
        if (end != null && (prefix || fromKey)) {
            throw CommandFailedException.usage("END goes neither with --prefix nor with --from-key");
        }
        if (fromKey || (prefix && key.isEmpty())) {
            return Prefixes.ZERO;
        }
        return prefix ? Prefixes.after(utf8(key)) : end == null ? ByteString.EMPTY : utf8(end);
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
    }
}
