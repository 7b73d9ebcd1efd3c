package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A command of the log as one line for people.
 *
 * <pre>
 *   put "greeting" "hello" lease 7
 *   delete "a" to "b"
 *   txn if value "a" = "1" then (put "a" "2"; get "b") else ()
 *   compact 12
 * </pre>
 *
 * <p>Text stands in quotation marks, other bytes in hexadecimal behind 0x; what is long is cut, and its length told.
 */
public final class CommandText implements KvRequest.Visitor<StringBuilder> {
    private static final int SHOWN_BYTES_MAX = 128;

    private final StringBuilder out = new StringBuilder();

    private CommandText() {}

    /** The line for the payload of an entry; empty when it is no command of this store, or of a newer one. */
    public static Optional<String> of(Bytes command) {
        try {
            return Optional.of(
                    CommandCodec.decode(command).accept(new CommandText()).toString());
        } catch (KvException | UnknownFormatException notOurs) {
            return Optional.empty();
        }
    }

    @Override
    public StringBuilder put(PutRequest put) {
        out.append("put ");
        bytes(put.key()).append(' ');
        if (put.ignoreValue()) {
            out.append("(same value)");
        } else {
            bytes(put.value());
        }
        if (put.ignoreLease()) {
            out.append(" (same lease)");
        } else if (put.leaseId() != 0) {
            out.append(" lease ").append(Long.toHexString(put.leaseId()));
        }
        return out;
    }

    @Override
    public StringBuilder deleteRange(DeleteRangeRequest delete) {
        out.append("delete ");
        return keys(delete.keys());
    }

    @Override
    public StringBuilder txn(TxnRequest txn) {
        out.append("txn if ");
        String separator = "";
        for (Compare compare : txn.compares()) {
            compare(compare, separator);
            separator = " and ";
        }
        if (txn.compares().isEmpty()) {
            out.append("true");
        }
        ops(" then (", txn.success());
        return ops(" else (", txn.failure());
    }

    @Override
    public StringBuilder range(RangeRequest range) {
        out.append("get ");
        keys(range.keys());
        if (range.revision() > 0) {
            out.append(" at revision ").append(range.revision());
        }
        return out;
    }

    @Override
    public StringBuilder compact(CompactRequest compact) {
        return out.append("compact ").append(compact.revision());
    }

    private void compare(Compare compare, String separator) {
        out.append(separator);
        switch (compare.target()) {
            case VERSION -> out.append("version ");
            case CREATE -> out.append("create revision ");
            case MOD -> out.append("mod revision ");
            case VALUE -> out.append("value ");
            case LEASE -> out.append("lease ");
        }
        keys(compare.keys());
        switch (compare.result()) {
            case EQUAL -> out.append(" = ");
            case GREATER -> out.append(" > ");
            case LESS -> out.append(" < ");
            case NOT_EQUAL -> out.append(" != ");
        }
        if (compare.target() == CompareTarget.VALUE) {
            bytes(compare.value());
        } else {
            out.append(compare.number());
        }
    }

    private StringBuilder ops(String title, List<KvOp> ops) {
        out.append(title);
        String separator = "";
        for (KvOp op : ops) {
            out.append(separator);
            op.acceptOp(this);
            separator = "; ";
        }
        return out.append(')');
    }

    private StringBuilder keys(KeyRange keys) {
        bytes(keys.key());
        if (keys.isOpen()) {
            out.append(" to the end");
        } else if (!keys.isSingle()) {
            out.append(" to ");
            bytes(keys.end());
        }
        return out;
    }

    private StringBuilder bytes(Bytes bytes) {
        Bytes shown = bytes.slice(0, Math.min(bytes.length(), SHOWN_BYTES_MAX));
        Optional<String> text = text(shown);
        if (text.isPresent()) {
            out.append('"');
            text.orElseThrow().chars().forEach(c -> {
                if (c == '"' || c == '\\') {
                    out.append('\\');
                }
                out.append((char) c);
            });
            out.append('"');
        } else {
            out.append("0x").append(HexFormat.of().formatHex(shown.toByteArray()));
        }
        if (shown.length() < bytes.length()) {
            out.append("... (").append(bytes.length()).append(" bytes)");
        }
        return out;
    }

    private static Optional<String> text(Bytes bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException notText) {
            return Optional.empty();
        }
    }
}
