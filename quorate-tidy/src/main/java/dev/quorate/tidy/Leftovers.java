package dev.quorate.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Nothing stays behind that says it is not finished. */
final class Leftovers implements Rule {
    private static final Pattern MARK = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|X" + "XX)\\b");

    @Override
    public List<Violation> violations(Source source) {
        List<Violation> violations = new ArrayList<>();
        List<String> lines = source.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (MARK.matcher(lines.get(i)).find()) {
                violations.add(
                        source.violation(i + 1L, "unfinished: " + lines.get(i).strip()));
            }
        }
        return List.copyOf(violations);
    }
}
