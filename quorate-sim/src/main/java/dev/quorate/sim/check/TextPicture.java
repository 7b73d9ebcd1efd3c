package dev.quorate.sim.check;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A verdict in words, for the console. */
final class TextPicture implements Verdict.Visitor<String> {
    private static final int FINDINGS_SHOWN_MAX = 8;

    private final History history;
    private final StringBuilder text = new StringBuilder();

    TextPicture(History history) {
        this.history = history;
    }

    /** How many operations a history has, and how they ended. */
    static String summary(History history) {
        long answered = history.operations().stream()
                .filter(operation -> operation.answer().isPresent())
                .count();
        long failed = history.operations().stream()
                .filter(operation -> operation.outcome() instanceof Outcome.Failed)
                .count();
        long clients =
                history.operations().stream().map(Operation::client).distinct().count();
        return number(history.operations().size()) + " operations of " + number(clients) + " clients: "
                + number(answered)
                + " answered, " + number(history.operations().size() - answered - failed) + " unknown, "
                + number(failed)
                + " failed";
    }

    static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    @Override
    public String linearizable(Verdict.Linearizable verdict) {
        line("LINEARIZABLE");
        line(summary(history) + "; " + number(verdict.configurations()) + " configurations searched");
        return text.toString();
    }

    @Override
    public String undecided(Verdict.Undecided verdict) {
        line("UNDECIDED: the limit was reached, and the history may be wrong");
        line(summary(history));
        line("No order was found or excluded within " + number(verdict.configurations()) + " configurations for "
                + number(verdict.operations()) + " operations on " + keys(verdict.keys()) + ".");
        return text.toString();
    }

    static String keys(List<String> keys) {
        List<String> first = keys.stream().limit(10).map(Wording::value).toList();
        String more = keys.size() > first.size() ? " and " + number(keys.size() - first.size()) + " more keys" : "";
        return String.join(", ", first) + more;
    }

    @Override
    public String violation(Verdict.Violation verdict) {
        Explanation explanation = verdict.explanation();
        line("VIOLATION: " + explanation.first().fault().title());
        line(summary(history));
        line("");
        line(explanation.first().message());
        line("");
        line(reason(explanation));
        line("");
        table(Window.conflict(history, explanation), explanation);
        line(earlier(explanation));
        if (explanation.culprit().isPresent()) {
            line(prefix(explanation));
            explanation.states().forEach(state -> line("      " + Wording.pairs(state)));
            line("");
        }
        if (explanation.findings().size() > 1) {
            line("Also found:");
            explanation.findings().stream()
                    .skip(1)
                    .limit(FINDINGS_SHOWN_MAX)
                    .forEach(finding -> line("  - " + finding.fault().title() + ": " + finding.message()));
            if (explanation.findings().size() > FINDINGS_SHOWN_MAX + 1) {
                line("  … and " + (explanation.findings().size() - FINDINGS_SHOWN_MAX - 1) + " more");
            }
            line("");
        }
        clients(explanation);
        return text.toString();
    }

    /** What the table of the conflict shows. */
    static String reason(Explanation explanation) {
        int count = explanation.conflict().size();
        String operations = count == 1 ? "This operation" : "These " + count + " operations";
        if (explanation.culprit().isEmpty()) {
            return operations + (count == 1 ? " shows it:" : " show it:");
        }
        String shortest = explanation.isShortest() ? "" : " (perhaps fewer would do: the limit was reached)";
        return operations + (count == 1 ? " contradicts itself" : " cannot be put in any order")
                + ", whatever the others did" + shortest + ":";
    }

    /** How many operations of the conflict are not shown. */
    static String earlier(Explanation explanation) {
        int hidden = explanation.conflict().size() - Window.CONFLICT_MAX;
        return hidden > 0 ? "    and " + number(hidden) + " that were called before these\n" : "";
    }

    /** What was still possible before the answer that made it impossible. */
    String prefix(Explanation explanation) {
        int culprit = explanation.culprit().orElseThrow();
        String before = explanation.prefix() == 0
                ? "It is the first answer"
                : "The " + number(explanation.prefix()) + " operations on these keys that were answered before "
                        + Wording.name(history, culprit) + " can be put in order";
        String states = explanation.states().isEmpty()
                ? "."
                : explanation.states().size() == 1
                        ? "; just before its answer the store held:"
                        : "; just before its answer the store may have held:";
        return before + states;
    }

    private void table(List<Integer> operations, Explanation explanation) {
        int client = operations.stream()
                .mapToInt(i -> history.operations().get(i).client().length())
                .max()
                .orElse(0);
        for (int i : operations) {
            Operation operation = history.operations().get(i);
            String mark =
                    explanation.culprit().isPresent() && explanation.culprit().getAsInt() == i ? "  ▶ " : "    ";
            line(mark
                    + pad("#" + (i + 1), 7)
                    + pad(operation.client(), client + 2)
                    + pad(times(operation), 16)
                    + Wording.of(operation));
        }
    }

    /** When an operation was called and ended. */
    static String times(Operation operation) {
        return operation.invoked() + " … " + (operation.ended() == Operation.OPEN ? "open" : operation.ended());
    }

    private void clients(Explanation explanation) {
        Window window = Window.of(history, explanation);
        Map<String, Integer> perClient = new TreeMap<>();
        for (int i : window.operations()) {
            perClient.merge(history.operations().get(i).client(), 1, Integer::sum);
        }
        Set<Integer> conflict = new HashSet<>(explanation.conflict());
        line("What the clients saw of the same keys around that time"
                + (window.hidden() > 0 ? " (" + number(window.hidden()) + " operations left out)" : "") + ":");
        for (String client : perClient.keySet()) {
            line("");
            line("  " + client);
            for (int i : window.operations()) {
                Operation operation = history.operations().get(i);
                if (operation.client().equals(client)) {
                    line((conflict.contains(i) ? "  * " : "    ")
                            + pad("#" + (i + 1), 7)
                            + pad(times(operation), 16)
                            + Wording.of(operation));
                }
            }
        }
    }

    private static String pad(String cell, int width) {
        return cell + " ".repeat(Math.max(1, width - cell.length()));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
