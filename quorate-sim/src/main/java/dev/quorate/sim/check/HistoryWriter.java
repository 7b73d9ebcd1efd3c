package dev.quorate.sim.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The writer of a history while it happens, in the form that {@link HistoryReader} reads: the header at once, then a
 * line for each operation that has ended. One thread at a time.
 */
public final class HistoryWriter implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Writer out;

    /**
     * Writes the header.
     *
     * @throws IOException when that fails
     */
    public HistoryWriter(Writer out, HistoryRules rules) throws IOException {
        this.out = out;
        writeLine(header(rules));
    }

    /**
     * Writes a whole history to a file, which is replaced if it exists.
     *
     * @throws IOException when that fails; the file may then be half written
     */
    public static void write(Path file, History history) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
                HistoryWriter writer = new HistoryWriter(out, history.rules())) {
            for (Operation operation : history.operations()) {
                writer.write(operation);
            }
        }
    }

    /**
     * Writes one operation.
     *
     * @throws IOException when that fails
     */
    public void write(Operation operation) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("client", operation.client());
        line.put("invoked", operation.invoked());
        if (operation.ended() != Operation.OPEN) {
            line.put("ended", operation.ended());
        }
        operation.action().accept(new ActionFields(line));
        if (operation.consistency() == Consistency.SERIALIZABLE) {
            line.put("serializable", true);
        }
        operation.outcome().accept(new OutcomeFields(line));
        writeLine(line);
    }

    /** Hands everything written so far to the operating system's side of the writer. */
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void writeLine(ObjectNode line) throws IOException {
        out.write(JSON.writeValueAsString(line));
        out.write('\n');
    }

    private static ObjectNode header(HistoryRules rules) {
        ObjectNode line = JSON.createObjectNode();
        line.put("format", HistoryReader.FORMAT);
        line.put("version", HistoryReader.VERSION);
        if (!rules.initial().isEmpty()) {
            ObjectNode initial = line.putObject("initial");
            rules.initial().forEach(initial::put);
        }
        if (rules.sessions() != SessionGuarantee.NONE) {
            line.put("sessions", Fields.spelled(rules.sessions()));
        }
        if (!rules.promises().isEmpty()) {
            ArrayNode promises = line.putArray("promises");
            rules.promises().forEach(promise -> promise.accept(new PromiseFields(promises.addObject())));
        }
        rules.recordedFrom().ifPresent(revision -> line.put("recordedFrom", revision));
        return line;
    }

    private static void addSeen(ObjectNode node, Seen seen) {
        node.put("value", seen.value());
        seen.modRevision().ifPresent(revision -> node.put("modRevision", revision));
    }

    /** Adds how it ended. */
    private record OutcomeFields(ObjectNode node) implements Outcome.Visitor<ObjectNode> {
        @Override
        public ObjectNode answered(Outcome.Answered outcome) {
            outcome.answer().accept(new AnswerFields(node.put("outcome", "ok")));
            outcome.revision().ifPresent(revision -> node.put("revision", revision));
            return node;
        }

        @Override
        public ObjectNode unknown(Outcome.Unknown outcome) {
            return node.put("outcome", "unknown");
        }

        @Override
        public ObjectNode failed(Outcome.Failed outcome) {
            return node.put("outcome", "failed");
        }
    }

    /** Adds what the store answered. */
    private record AnswerFields(ObjectNode node) implements Answer.Visitor<ObjectNode> {
        @Override
        public ObjectNode done(Answer.Done answer) {
            return node;
        }

        @Override
        public ObjectNode found(Answer.Found answer) {
            if (answer.seen().isEmpty()) {
                return node.putNull("found");
            }
            addSeen(node.putObject("found"), answer.seen().get());
            return node;
        }

        @Override
        public ObjectNode removed(Answer.Removed answer) {
            return node.put("existed", answer.existed());
        }

        @Override
        public ObjectNode swapped(Answer.Swapped answer) {
            return node.put("swapped", answer.swapped());
        }

        @Override
        public ObjectNode listed(Answer.Listed answer) {
            ObjectNode pairs = node.putObject("pairs");
            answer.pairs().forEach((key, seen) -> addSeen(pairs.putObject(key), seen));
            return node;
        }

        @Override
        public ObjectNode decided(Answer.Decided answer) {
            ArrayNode answers = node.put("succeeded", answer.succeeded()).putArray("answers");
            answer.answers().forEach(inner -> inner.accept(new AnswerFields(answers.addObject())));
            return node;
        }
    }

    /** Adds what was asked. */
    private record ActionFields(ObjectNode node) implements Action.Visitor<ObjectNode> {
        @Override
        public ObjectNode get(Action.Get action) {
            return node.put("op", "get").put("key", action.key());
        }

        @Override
        public ObjectNode put(Action.Put action) {
            return node.put("op", "put").put("key", action.key()).put("value", action.value());
        }

        @Override
        public ObjectNode delete(Action.Delete action) {
            return node.put("op", "delete").put("key", action.key());
        }

        @Override
        public ObjectNode range(Action.Range action) {
            node.put("op", "range").put("from", action.from());
            action.to().ifPresent(to -> node.put("to", to));
            return node;
        }

        @Override
        public ObjectNode compareAndSet(Action.CompareAndSet action) {
            return node.put("op", "cas")
                    .put("key", action.key())
                    .put("expected", action.expected().orElse(null))
                    .put("value", action.value());
        }

        @Override
        public ObjectNode txn(Action.Txn action) {
            node.put("op", "txn");
            ArrayNode conditions = node.putArray("if");
            for (Condition condition : action.conditions()) {
                condition.accept(new ConditionFields(conditions.addObject().put("key", condition.key())));
            }
            addSteps(node.putArray("then"), action.then());
            addSteps(node.putArray("else"), action.otherwise());
            return node;
        }

        private static void addSteps(ArrayNode array, List<Action.Step> steps) {
            steps.forEach(step -> step.accept(new ActionFields(array.addObject())));
        }
    }

    /** Adds what a condition asks of its key. */
    private record ConditionFields(ObjectNode node) implements Condition.Visitor<ObjectNode> {
        @Override
        public ObjectNode valueIs(Condition.ValueIs condition) {
            return node.put("is", condition.value());
        }

        @Override
        public ObjectNode valueIsNot(Condition.ValueIsNot condition) {
            return node.put("isNot", condition.value());
        }

        @Override
        public ObjectNode exists(Condition.Exists condition) {
            return node.put("exists", true);
        }

        @Override
        public ObjectNode missing(Condition.Missing condition) {
            return node.put("exists", false);
        }

        @Override
        public ObjectNode modRevisionIs(Condition.ModRevisionIs condition) {
            return node.put("modRevision", condition.revision());
        }
    }

    /** Adds what a workload promised. */
    private record PromiseFields(ObjectNode node) implements Promise.Visitor<ObjectNode> {
        @Override
        public ObjectNode bankTotal(Promise.BankTotal promise) {
            ArrayNode keys = node.put("bankTotal", promise.total()).putArray("keys");
            promise.keys().forEach(keys::add);
            return node;
        }

        @Override
        public ObjectNode growingList(Promise.GrowingList promise) {
            return node.put("growingList", promise.key()).put("separator", promise.separator());
        }

        @Override
        public ObjectNode growingKeys(Promise.GrowingKeys promise) {
            return node.put("growingKeys", promise.prefix());
        }
    }
}
