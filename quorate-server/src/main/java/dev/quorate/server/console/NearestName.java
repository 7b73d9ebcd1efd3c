package dev.quorate.server.console;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody may have meant who wrote a name that there is not. */
public final class NearestName {
    private NearestName() {}

    /**
     * The name that differs least.
     *
     * @param letters the most letters that may be missing, surplus or other, and never half of them all
     * @return empty when all differ too much
     */
    public static Optional<String> to(String written, Collection<String> names, int letters) {
        String best = "";
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            int distance = distance(written, name);
            if (distance < least) {
                least = distance;
                best = name;
            }
        }
        boolean near = least <= letters && least * 2 <= Math.max(written.length(), best.length());
        return near ? Optional.of(best) : Optional.empty();
    }

    /** How many letters have to be put in, left out or replaced (Levenshtein). */
    static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int column = 0; column <= b.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= a.length(); row++) {
            int[] here = new int[b.length() + 1];
            here[0] = row;
            for (int column = 1; column <= b.length(); column++) {
                int replaced = above[column - 1] + (a.charAt(row - 1) == b.charAt(column - 1) ? 0 : 1);
                here[column] = Math.min(replaced, Math.min(above[column], here[column - 1]) + 1);
            }
            above = here;
        }
        return above[b.length()];
    }
}
