package dev.quorate.sim.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;

/** Operations in words, short enough for a line. */
final class Wording {
    private static final int VALUE_CHARS_MAX = 32;
    private static final int PAIRS_MAX = 8;
    private static final String MISSING = "∅";

    private Wording() {}

    /** An operation by its number and client. */
    static String name(History history, int operation) {
        return "#" + (operation + 1) + " ("
                + history.operations().get(operation).client() + ")";
    }

    /** What was asked and answered. */
    static String of(Operation operation) {
        String asked = operation.action().accept(new Asked());
        String stale = operation.consistency() == Consistency.SERIALIZABLE ? " (stale allowed)" : "";
        return asked
                + stale
                + operation.outcome().accept(new Outcome.Visitor<String>() {
                    @Override
                    public String answered(Outcome.Answered outcome) {
                        String revision = outcome.revision().isPresent()
                                ? " @" + outcome.revision().getAsLong()
                                : "";
                        return outcome.answer().accept(new Answered()) + revision;
                    }

                    @Override
                    public String unknown(Outcome.Unknown outcome) {
                        return " → unknown";
                    }

                    @Override
                    public String failed(Outcome.Failed outcome) {
                        return " → failed";
                    }
                });
    }

    /** A value as it can stand in a line. */
    static String value(String value) {
        boolean plain = !value.isEmpty()
                && value.length() <= VALUE_CHARS_MAX
                && value.chars().allMatch(c -> c > ' ' && c != '"' && c != 0x7f);
        if (plain) {
            return value;
        }
        String cut = value.length() <= VALUE_CHARS_MAX ? value : value.substring(0, VALUE_CHARS_MAX) + "…";
        return '"' + cut.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    static String seen(Optional<Seen> seen) {
        return seen.map(pair -> value(pair.value())
                        + (pair.modRevision().isPresent()
                                ? " (rev " + pair.modRevision().getAsLong() + ")"
                                : ""))
                .orElse(MISSING);
    }

    /** Pairs in braces, shortened when there are many. */
    static String pairs(SortedMap<String, String> pairs) {
        StringJoiner all = new StringJoiner(", ", "{", pairs.size() > PAIRS_MAX ? ", …}" : "}");
        pairs.entrySet().stream()
                .limit(PAIRS_MAX)
                .forEach(pair -> all.add(value(pair.getKey()) + "=" + value(pair.getValue())));
        return all.toString();
    }

    private static final class Asked implements Action.Visitor<String>, Condition.Visitor<String> {
        @Override
        public String get(Action.Get action) {
            return "get " + value(action.key());
        }

        @Override
        public String put(Action.Put action) {
            return "put " + value(action.key()) + "=" + value(action.value());
        }

        @Override
        public String delete(Action.Delete action) {
            return "delete " + value(action.key());
        }

        @Override
        public String range(Action.Range action) {
            return "range [" + value(action.from()) + " … "
                    + action.to().map(Wording::value).orElse("end") + ")";
        }

        @Override
        public String compareAndSet(Action.CompareAndSet action) {
            return "cas " + value(action.key()) + ": "
                    + action.expected().map(Wording::value).orElse(MISSING) + " → " + value(action.value());
        }

        @Override
        public String txn(Action.Txn action) {
            StringBuilder text = new StringBuilder("txn");
            if (!action.conditions().isEmpty()) {
                StringJoiner conditions = new StringJoiner(" & ", " if ", "");
                action.conditions().forEach(condition -> conditions.add(condition.accept(this)));
                text.append(conditions);
            }
            text.append(steps(" then ", action.then()));
            return text.append(action.otherwise().isEmpty() ? "" : steps(" else ", action.otherwise()))
                    .toString();
        }

        private String steps(String before, List<Action.Step> steps) {
            StringJoiner all = new StringJoiner(", ", before + "[", "]");
            steps.forEach(step -> all.add(step.accept(this)));
            return all.toString();
        }

        @Override
        public String valueIs(Condition.ValueIs condition) {
            return value(condition.key()) + "=" + value(condition.value());
        }

        @Override
        public String valueIsNot(Condition.ValueIsNot condition) {
            return value(condition.key()) + "≠" + value(condition.value());
        }

        @Override
        public String exists(Condition.Exists condition) {
            return value(condition.key()) + " exists";
        }

        @Override
        public String missing(Condition.Missing condition) {
            return value(condition.key()) + "=" + MISSING;
        }

        @Override
        public String modRevisionIs(Condition.ModRevisionIs condition) {
            return value(condition.key()) + " at rev " + condition.revision();
        }
    }

    private static final class Answered implements Answer.Visitor<String> {
        @Override
        public String done(Answer.Done answer) {
            return "";
        }

        @Override
        public String found(Answer.Found answer) {
            return " → " + seen(answer.seen());
        }

        @Override
        public String removed(Answer.Removed answer) {
            return answer.existed() ? " → existed" : " → was missing";
        }

        @Override
        public String swapped(Answer.Swapped answer) {
            return answer.swapped() ? " ✓" : " ✗";
        }

        @Override
        public String listed(Answer.Listed answer) {
            StringJoiner all = new StringJoiner(", ", " → {", answer.pairs().size() > PAIRS_MAX ? ", …}" : "}");
            answer.pairs().entrySet().stream().limit(PAIRS_MAX).forEach(pair -> all.add(pair(pair)));
            return all.toString();
        }

        private static String pair(Map.Entry<String, Seen> pair) {
            return value(pair.getKey()) + "=" + seen(Optional.of(pair.getValue()));
        }

        @Override
        public String decided(Answer.Decided answer) {
            StringBuilder text = new StringBuilder(answer.succeeded() ? " ✓" : " ✗");
            answer.answers().forEach(inner -> text.append(inner.accept(this)));
            return text.toString();
        }
    }
}
