package dev.quorate.sim.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The reader of histories in files: JSON, one object a line, the first line the header (docs/HISTORIES.md). Whatever
 * the format does not know is an error, because a misspelled field would weaken the check without a word.
 */
public final class HistoryReader {
    /** The most operations of one file. */
    public static final int OPERATIONS_MAX = 2_000_000;

    static final String FORMAT = "quorate-history";
    static final int VERSION = 1;

    private static final ObjectReader JSON = new ObjectMapper()
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private HistoryReader() {}

    /**
     * Reads a file.
     *
     * @throws HistoryFormatException when it is not a history
     * @throws IOException when it cannot be read
     */
    public static History read(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return read(reader);
        }
    }

    /**
     * Reads all lines, and leaves the reader open.
     *
     * @throws HistoryFormatException when they are not a history
     * @throws IOException when they cannot be read
     */
    public static History read(BufferedReader lines) throws IOException {
        long number = 1;
        HistoryRules rules = null;
        List<Operation> operations = new ArrayList<>();
        while (true) {
            Optional<String> line = nextLine(lines, number);
            if (line.isEmpty()) {
                break;
            }
            try {
                JsonNode node = JSON.readTree(line.get());
                if (rules == null) {
                    rules = Fields.read(node, HistoryReader::header);
                } else {
                    operations.add(Fields.read(node, HistoryReader::operation));
                }
            } catch (JsonProcessingException e) {
                throw new HistoryFormatException(number, "not JSON: " + e.getOriginalMessage());
            } catch (IllegalArgumentException e) {
                throw new HistoryFormatException(number, String.valueOf(e.getMessage()));
            }
            if (operations.size() > OPERATIONS_MAX) {
                throw new HistoryFormatException(number, "more than " + OPERATIONS_MAX + " operations");
            }
            number++;
        }
        if (rules == null) {
            throw new HistoryFormatException(1, "the header is missing");
        }
        return new History(rules, operations);
    }

    private static Optional<String> nextLine(BufferedReader lines, long number) throws IOException {
        try {
            String line = lines.readLine();
            if (line != null && line.isBlank()) {
                throw new HistoryFormatException(number, "an empty line");
            }
            return Optional.ofNullable(line);
        } catch (CharacterCodingException e) {
            throw new HistoryFormatException(number, "not UTF-8, here or in a line soon after");
        }
    }

    private static HistoryRules header(Fields fields) {
        if (!fields.has("format") || !fields.text("format").equals(FORMAT)) {
            throw new IllegalArgumentException("the header of a history has the format " + FORMAT);
        }
        long version = fields.number("version");
        if (version != VERSION) {
            throw new IllegalArgumentException("version " + version + " is not known, only " + VERSION);
        }
        SortedMap<String, String> initial =
                fields.has("initial") ? fields.map("initial", node -> Fields.textOf("initial", node)) : new TreeMap<>();
        SessionGuarantee sessions =
                fields.has("sessions") ? fields.constant("sessions", SessionGuarantee.class) : SessionGuarantee.NONE;
        List<Promise> promises =
                fields.has("promises") ? fields.eachObject("promises", HistoryReader::promise) : List.of();
        return new HistoryRules(initial, sessions, promises, optionalNumber(fields, "recordedFrom"));
    }

    private static Promise promise(Fields fields) {
        if (fields.has("bankTotal")) {
            long total = fields.number("bankTotal");
            List<String> keys = fields.each("keys", node -> Fields.textOf("keys", node));
            return new Promise.BankTotal(new TreeSet<>(keys), total);
        }
        if (fields.has("growingList")) {
            return new Promise.GrowingList(fields.text("growingList"), fields.text("separator"));
        }
        if (fields.has("growingKeys")) {
            return new Promise.GrowingKeys(fields.text("growingKeys"));
        }
        throw new IllegalArgumentException("a promise is one of bankTotal, growingList, growingKeys");
    }

    private static Operation operation(Fields fields) {
        String client = fields.text("client");
        long invoked = fields.number("invoked");
        Action action = action(fields);
        String ending = fields.text("outcome");
        long ended = ending.equals("unknown") && !fields.has("ended") ? Operation.OPEN : fields.number("ended");
        Outcome outcome = switch (ending) {
            case "ok" -> new Outcome.Answered(answer(action, fields), optionalNumber(fields, "revision"));
            case "unknown" -> new Outcome.Unknown();
            case "failed" -> new Outcome.Failed();
            default -> throw new IllegalArgumentException("field outcome is one of ok, unknown, failed, not " + ending);
        };
        boolean serializable = fields.has("serializable") && fields.truth("serializable");
        Consistency consistency = serializable ? Consistency.SERIALIZABLE : Consistency.LINEARIZABLE;
        return new Operation(client, invoked, ended, action, outcome, consistency);
    }

    private static Action action(Fields fields) {
        String op = fields.text("op");
        if (op.equals("cas")) {
            return new Action.CompareAndSet(fields.text("key"), fields.textOrNull("expected"), fields.text("value"));
        }
        if (op.equals("txn")) {
            return new Action.Txn(
                    fields.has("if") ? fields.eachObject("if", HistoryReader::condition) : List.of(),
                    fields.eachObject("then", inner -> step(inner, inner.text("op"))),
                    fields.has("else") ? fields.eachObject("else", inner -> step(inner, inner.text("op"))) : List.of());
        }
        return step(fields, op);
    }

    private static Action.Step step(Fields fields, String op) {
        return switch (op) {
            case "get" -> new Action.Get(fields.text("key"));
            case "put" -> new Action.Put(fields.text("key"), fields.text("value"));
            case "delete" -> new Action.Delete(fields.text("key"));
            case "range" ->
                new Action.Range(
                        fields.text("from"), fields.has("to") ? Optional.of(fields.text("to")) : Optional.empty());
            default -> throw new IllegalArgumentException("operation " + op + " is not known here");
        };
    }

    private static Condition condition(Fields fields) {
        String key = fields.text("key");
        if (fields.has("is")) {
            return new Condition.ValueIs(key, fields.text("is"));
        }
        if (fields.has("isNot")) {
            return new Condition.ValueIsNot(key, fields.text("isNot"));
        }
        if (fields.has("exists")) {
            return fields.truth("exists") ? new Condition.Exists(key) : new Condition.Missing(key);
        }
        if (fields.has("modRevision")) {
            return new Condition.ModRevisionIs(key, fields.number("modRevision"));
        }
        throw new IllegalArgumentException("a condition has one of is, isNot, exists, modRevision");
    }

    private static Answer answer(Action action, Fields fields) {
        if (action instanceof Action.CompareAndSet) {
            return new Answer.Swapped(fields.truth("swapped"));
        }
        if (action instanceof Action.Txn txn) {
            boolean succeeded = fields.truth("succeeded");
            List<Action.Step> steps = txn.branch(succeeded);
            List<JsonNode> nodes = fields.each("answers", node -> node);
            if (nodes.size() != steps.size()) {
                throw new IllegalArgumentException(
                        "field answers has " + nodes.size() + " elements for " + steps.size() + " steps");
            }
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                Action.Step step = steps.get(i);
                answers.add(Fields.read(nodes.get(i), inner -> answer(step, inner)));
            }
            return new Answer.Decided(succeeded, answers);
        }
        if (action instanceof Action.Get) {
            JsonNode found = fields.take("found");
            return new Answer.Found(found.isNull() ? Optional.empty() : Optional.of(seen(found)));
        }
        if (action instanceof Action.Range) {
            return new Answer.Listed(fields.map("pairs", HistoryReader::seen));
        }
        if (action instanceof Action.Delete && fields.has("existed")) {
            return new Answer.Removed(fields.truth("existed"));
        }
        return new Answer.Done();
    }

    private static Seen seen(JsonNode node) {
        return Fields.read(node, fields -> new Seen(fields.text("value"), optionalNumber(fields, "modRevision")));
    }

    private static OptionalLong optionalNumber(Fields fields, String name) {
        return fields.has(name) ? OptionalLong.of(fields.number(name)) : OptionalLong.empty();
    }
}
