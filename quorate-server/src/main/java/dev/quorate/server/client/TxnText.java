package dev.quorate.server.client;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.Compare.CompareResult;
import dev.quorate.etcd.wire.Compare.CompareTarget;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.server.console.Prefixes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A transaction in the text form that {@code etcdctl txn} reads: comparisons, then what to do when all hold, then what
 * to do otherwise; each part ends with an empty line, the last one also with the end of the input.
 *
 * <pre>
 *   value("stock") = "3"
 *   mod("order") > "0"
 *
 *   put stock "2"
 *   del order
 *
 *   get stock
 * </pre>
 */
final class TxnText {
    private static final Pattern COMPARISON = Pattern.compile("\\s*(\\w+)\\s*\\((.*)\\)\\s*(!=|=|<|>)\\s*(.*?)\\s*");

    private final List<String> lines;
    private int at;

    private TxnText(String text) {
        this.lines = text.lines().toList();
    }

    /**
     * Reads a transaction.
     *
     * @throws IllegalArgumentException naming the line and what is wrong with it
     */
    static TxnRequest parse(String text) {
        return new TxnText(text).transaction();
    }

    private TxnRequest transaction() {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        part(line -> txn.addCompare(comparison(line)));
        part(line -> txn.addSuccess(operation(Words.of(line))));
        part(line -> txn.addFailure(operation(Words.of(line))));
        while (at < lines.size()) {
            if (!lines.get(at++).isBlank()) {
                throw new IllegalArgumentException("line " + at + ": more than three parts");
            }
        }
        if (txn.getCompareCount() + txn.getSuccessCount() + txn.getFailureCount() == 0) {
            throw new IllegalArgumentException("the transaction is empty");
        }
        return txn.build();
    }

    private void part(Consumer<String> line) {
        while (at < lines.size()) {
            String text = lines.get(at++);
            if (text.isBlank()) {
                return;
            }
            try {
                line.accept(text);
            } catch (IllegalArgumentException bad) {
                throw new IllegalArgumentException("line " + at + ": " + bad.getMessage() + ": " + text.strip(), bad);
            }
        }
    }

    private static Compare comparison(String line) {
        Matcher matcher = COMPARISON.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a comparison reads: target(\"key\") = \"value\"");
        }
        Compare.Builder compare = Compare.newBuilder()
                .setKey(utf8(oneWord(matcher.group(2))))
                .setResult(
                        switch (matcher.group(3)) {
                            case "=" -> CompareResult.EQUAL;
                            case "!=" -> CompareResult.NOT_EQUAL;
                            case "<" -> CompareResult.LESS;
                            default -> CompareResult.GREATER;
                        });
        String operand = oneWord(matcher.group(4));
        switch (matcher.group(1)) {
            case "ver", "version" -> compare.setTarget(CompareTarget.VERSION).setVersion(number(operand));
            case "c", "create" -> compare.setTarget(CompareTarget.CREATE).setCreateRevision(number(operand));
            case "m", "mod" -> compare.setTarget(CompareTarget.MOD).setModRevision(number(operand));
            case "val", "value" -> compare.setTarget(CompareTarget.VALUE).setValue(utf8(operand));
            case "lease" -> compare.setTarget(CompareTarget.LEASE).setLease(number(operand));
            default -> throw new IllegalArgumentException("the target is version, create, mod, value or lease");
        }
        return compare.build();
    }

    private static RequestOp operation(List<String> words) {
        Flags flags = new Flags(words.subList(1, words.size()));
        RequestOp operation = switch (words.get(0)) {
            case "put" -> RequestOp.newBuilder().setRequestPut(put(flags)).build();
            case "get" -> RequestOp.newBuilder().setRequestRange(get(flags)).build();
            case "del" ->
                RequestOp.newBuilder().setRequestDeleteRange(del(flags)).build();
            default -> throw new IllegalArgumentException("an operation is put, get or del");
        };
        flags.requireAllRead();
        return operation;
    }

    private static PutRequest put(Flags flags) {
        boolean prevKv = flags.has("--prev-kv");
        List<String> words = flags.words(2, 2, "put takes a key and a value");
        return PutRequest.newBuilder()
                .setKey(utf8(words.get(0)))
                .setValue(utf8(words.get(1)))
                .setPrevKv(prevKv)
                .build();
    }

    private static RangeRequest get(Flags flags) {
        boolean keysOnly = flags.has("--keys-only");
        boolean countOnly = flags.has("--count-only");
        long limit = number(flags.value("--limit", "0"));
        Range range = flags.range("get");
        return RangeRequest.newBuilder()
                .setKey(range.key())
                .setRangeEnd(range.end())
                .setKeysOnly(keysOnly)
                .setCountOnly(countOnly)
                .setLimit(limit)
                .build();
    }

    private static DeleteRangeRequest del(Flags flags) {
        boolean prevKv = flags.has("--prev-kv");
        Range range = flags.range("del");
        return DeleteRangeRequest.newBuilder()
                .setKey(range.key())
                .setRangeEnd(range.end())
                .setPrevKv(prevKv)
                .build();
    }

    private static String oneWord(String text) {
        List<String> words = Words.of(text);
        if (words.size() != 1) {
            throw new IllegalArgumentException("expected one word, in quotes when it has blanks");
        }
        return words.get(0);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("'" + text + "' is not a number", bad);
        }
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
    }

    private record Range(ByteString key, ByteString end) {}

    /** The words behind the name of an operation, flags among them. */
    private static final class Flags {
        private final List<String> words;

        Flags(List<String> words) {
            this.words = new ArrayList<>(words);
        }

        boolean has(String flag) {
            return words.remove(flag);
        }

        /** The value of {@code --flag=value}. */
        String value(String flag, String absent) {
            for (int i = 0; i < words.size(); i++) {
                if (words.get(i).startsWith(flag + "=")) {
                    return words.remove(i).substring(flag.length() + 1);
                }
            }
            return absent;
        }

        Range range(String operation) {
            boolean prefix = has("--prefix");
            boolean fromKey = has("--from-key");
            List<String> keys = words(1, prefix || fromKey ? 1 : 2, operation + " takes a key, and may take an end");
            ByteString key = utf8(keys.get(0));
            if (prefix && fromKey) {
                throw new IllegalArgumentException("--prefix and --from-key exclude each other");
            }
            if (key.isEmpty() && (prefix || fromKey)) {
                return new Range(Prefixes.ZERO, Prefixes.ZERO);
            }
            if (fromKey) {
                return new Range(key, Prefixes.ZERO);
            }
            ByteString end = keys.size() == 2 ? utf8(keys.get(1)) : ByteString.EMPTY;
            return new Range(key, prefix ? Prefixes.after(key) : end);
        }

        List<String> words(int min, int max, String otherwise) {
            List<String> found = List.copyOf(words);
            boolean unknownFlag = found.stream().anyMatch(word -> word.startsWith("--"));
            if (unknownFlag || found.size() < min || found.size() > max) {
                throw new IllegalArgumentException(unknownFlag ? "unknown flag" : otherwise);
            }
            words.clear();
            return found;
        }

        void requireAllRead() {
            if (!words.isEmpty()) {
                throw new IllegalArgumentException("cannot make sense of " + words.get(0));
            }
        }
    }
}
