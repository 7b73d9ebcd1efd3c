package dev.quorate.sim.check;

import java.util.List;
import java.util.SortedMap;

/** A verdict as a page of HTML that needs nothing else, with a picture of the operations around a violation. */
final class HtmlPicture implements Verdict.Visitor<String> {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; padding: 0 2em; max-width: 1500px;
                   color: #1c2733; background: #fff; }
            h1 { font-size: 1.5em; margin-bottom: 0; } h2 { font-size: 1.1em; margin-top: 1.8em; }
            .bad { color: #b3261e; } .good { color: #1b6e3c; } .open { color: #8a5a00; } .quiet { color: #5b6875; }
            .says { font-size: 1.1em; border-left: 4px solid #b3261e; padding: .4em 1em; background: #fdf3f2; }
            .picture { overflow-x: auto; border: 1px solid #d5dce3; border-radius: 6px; }
            table { border-collapse: collapse; } td, th { text-align: left; padding: .15em 1.2em .15em .4em; }
            td, code, svg text { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; }
            tr.culprit { background: #fbdcd9; } tr.conflict { background: #fff0d9; }
            """;

    private final History history;

    HtmlPicture(History history) {
        this.history = history;
    }

    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(c < ' ' && c != '\n' ? 0xfffd : c);
            }
        });
        return escaped.toString();
    }

    @Override
    public String linearizable(Verdict.Linearizable verdict) {
        return page(
                "Linearizable", "good", "", TextPicture.number(verdict.configurations()) + " configurations searched");
    }

    @Override
    public String undecided(Verdict.Undecided verdict) {
        String body = "<p>The limit was reached, and the history may be wrong: no order was found or excluded within "
                + TextPicture.number(verdict.configurations()) + " configurations for "
                + TextPicture.number(verdict.operations()) + " operations on <code>"
                + escaped(TextPicture.keys(verdict.keys())) + "</code>.</p>";
        return page("Undecided", "open", body, "");
    }

    @Override
    public String violation(Verdict.Violation verdict) {
        Explanation explanation = verdict.explanation();
        StringBuilder body = new StringBuilder();
        body.append("<p class=\"says\">")
                .append(escaped(explanation.first().message()))
                .append("</p>\n");
        body.append("<p>").append(escaped(TextPicture.reason(explanation))).append("</p>\n");
        table(body, Window.conflict(history, explanation), explanation);
        body.append("<p>").append(TextPicture.earlier(explanation)).append("</p>\n");
        if (explanation.culprit().isPresent()) {
            body.append("<p>")
                    .append(escaped(new TextPicture(history).prefix(explanation)))
                    .append("</p>\n<ul>");
            for (SortedMap<String, String> state : explanation.states()) {
                body.append("<li><code>").append(escaped(Wording.pairs(state))).append("</code></li>");
            }
            body.append("</ul>\n");
        }
        Window window = Window.of(history, explanation);
        body.append("<h2>The operations on the same keys around that time</h2>\n<p class=\"quiet\">")
                .append("From left to right in the order of calls and ends, not to scale. Red: the answer that ")
                .append("made it impossible. Orange: the other operations of the conflict. ")
                .append("Dashed: outcome unknown, may take effect later.")
                .append(window.hidden() > 0 ? " " + TextPicture.number(window.hidden()) + " operations left out." : "")
                .append("</p>\n<div class=\"picture\">")
                .append(new Timelines(history, window, explanation).svg())
                .append("</div>\n");
        if (explanation.findings().size() > 1) {
            body.append("<h2>Also found</h2>\n<ul>");
            explanation.findings().stream()
                    .skip(1)
                    .forEach(finding -> body.append("<li><b>")
                            .append(escaped(finding.fault().title()))
                            .append("</b>: ")
                            .append(escaped(finding.message()))
                            .append("</li>\n"));
            body.append("</ul>\n");
        }
        body.append("<h2>In full</h2>\n");
        table(body, window.operations(), explanation);
        return page("Violation: " + explanation.first().fault().title(), "bad", body.toString(), "");
    }

    private void table(StringBuilder body, List<Integer> operations, Explanation explanation) {
        body.append("<table><tr><th>#</th><th>client</th><th>time</th><th>operation</th></tr>\n");
        for (int i : operations) {
            Operation operation = history.operations().get(i);
            String kind = explanation.culprit().orElse(-1) == i
                    ? " class=\"culprit\""
                    : explanation.conflict().contains(i) ? " class=\"conflict\"" : "";
            body.append("<tr")
                    .append(kind)
                    .append("><td>")
                    .append(i + 1)
                    .append("</td><td>")
                    .append(escaped(operation.client()))
                    .append("</td><td>")
                    .append(TextPicture.times(operation))
                    .append("</td><td>")
                    .append(escaped(Wording.of(operation)))
                    .append("</td></tr>\n");
        }
        body.append("</table>\n");
    }

    private String page(String title, String kind, String body, String note) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(title)
                + "</title>\n<style>\n" + STYLE + "</style></head>\n<body>\n<h1 class=\"" + kind + "\">"
                + escaped(title)
                + "</h1>\n<p class=\"quiet\">" + TextPicture.summary(history)
                + (note.isEmpty() ? "" : "; " + note) + "</p>\n" + body + "</body></html>\n";
    }
}
