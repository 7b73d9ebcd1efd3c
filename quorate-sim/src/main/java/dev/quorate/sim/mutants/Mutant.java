package dev.quorate.sim.mutants;

import dev.quorate.sim.faults.Profile;
import java.util.ArrayList;
import java.util.List;

/**
 * A bug.
 *
 * @param name a short name, the same for ever
 * @param what what is wrong with it, in words
 * @param changes what stands somewhere else: more than one where two checks stand in for each other
 * @param profile the worlds in which it is looked for
 */
public record Mutant(String name, String what, List<Change> changes, Profile profile) {
    /**
     * One place.
     *
     * @param source the source file, from the root of the checkout
     * @param original what stands there, exactly once
     * @param changed what stands there instead
     */
    public record Change(String source, String original, String changed) {
        /** The name of the file alone. */
        String fileName() {
            return source.substring(source.lastIndexOf('/') + 1);
        }

        /**
         * The source with this change.
         *
         * @throws IllegalArgumentException when the place is not there, or there more than once
         */
        public String applyTo(String code) {
            int at = code.indexOf(original);
            if (at < 0 || code.indexOf(original, at + 1) >= 0) {
                throw new IllegalArgumentException(
                        "this stands " + (at < 0 ? "nowhere" : "twice") + " in " + source + ": " + original);
            }
            return code.substring(0, at) + changed + code.substring(at + original.length());
        }
    }

    public Mutant {
        changes = List.copyOf(changes);
    }

    /** A bug in one place that is looked for in worlds with every fault. */
    Mutant(String name, String what, String source, String original, String changed) {
        this(name, what, List.of(new Change(source, original, changed)), Profile.SWARM);
    }

    /** The same, looked for in worlds that have what it takes. */
    Mutant in(Profile other) {
        return new Mutant(name, what, changes, other);
    }

    /** The same with a change in another file, too. */
    Mutant and(String source, String original, String changed) {
        List<Change> more = new ArrayList<>(changes);
        more.add(new Change(source, original, changed));
        return new Mutant(name, what, more, profile);
    }
}
