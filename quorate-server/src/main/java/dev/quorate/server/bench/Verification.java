package dev.quorate.server.bench;

/**
 * What looking for everything that was acknowledged gave.
 *
 * @param keys how many keys were looked for
 * @param writes how many acknowledged writes they had
 * @param missing how many keys are not there
 * @param wrong how many keys are there and hold less than was acknowledged, or something else
 * @param first the first of them in words; empty when there is none
 */
record Verification(long keys, long writes, long missing, long wrong, String first) {
    /** True when the server has kept its word. */
    boolean isGreen() {
        return missing + wrong == 0;
    }
}
