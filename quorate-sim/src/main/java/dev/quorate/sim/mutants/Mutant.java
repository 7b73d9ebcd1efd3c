package dev.quorate.sim.mutants;

import dev.quorate.sim.faults.Profile;

/**
 * A bug.
 *
 * @param name a short name, the same for ever
 * @param what what is wrong with it, in words
 * @param source the source file, from the root of the checkout
 * @param original what stands there, exactly once
 * @param changed what stands there instead
 * @param profile the worlds in which it is looked for
 */
public record Mutant(String name, String what, String source, String original, String changed, Profile profile) {
    /** A bug that is looked for in worlds with every fault. */
    Mutant(String name, String what, String source, String original, String changed) {
        this(name, what, source, original, changed, Profile.SWARM);
    }

    /** The same, looked for in worlds that have what it takes. */
    Mutant in(Profile other) {
        return new Mutant(name, what, source, original, changed, other);
    }

    /**
     * The source with the bug.
     *
     * @throws IllegalArgumentException when the place is not there, or there more than once
     */
    public String applyTo(String code) {
        int at = code.indexOf(original);
        if (at < 0 || code.indexOf(original, at + 1) >= 0) {
            throw new IllegalArgumentException("mutant " + name + ": this stands " + (at < 0 ? "nowhere" : "twice")
                    + " in " + source + ": " + original);
        }
        return code.substring(0, at) + changed + code.substring(at + original.length());
    }

    /** The name of the file alone. */
    String fileName() {
        return source.substring(source.lastIndexOf('/') + 1);
    }
}
