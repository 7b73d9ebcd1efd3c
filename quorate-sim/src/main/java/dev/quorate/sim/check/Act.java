package dev.quorate.sim.check;

/**
 * The smallest thing that an operation does: looks at one key, and then perhaps writes it.
 *
 * @param test what must be true of the key
 * @param value the value that the test is about; {@link Vocabulary#MISSING} for "no value"
 * @param modRevision the revision at which the key must have been written last; 0 when that is not asked
 * @param written the value that the key then gets, {@link Vocabulary#MISSING} to delete it, {@link #KEEP} for neither
 */
record Act(int key, Test test, int value, long modRevision, int written) {
    static final int KEEP = -1;

    /** What can be asked of the value of a key. */
    enum Test {
        NONE,
        IS,
        /** It has a value, and not this one. */
        IS_NOT,
        PRESENT
    }

    static Act is(int key, int value) {
        return new Act(key, Test.IS, value, 0, KEEP);
    }

    static Act isAt(int key, int value, long modRevision) {
        return new Act(key, Test.IS, value, modRevision, KEEP);
    }

    static Act isNot(int key, int value) {
        return new Act(key, Test.IS_NOT, value, 0, KEEP);
    }

    static Act present(int key) {
        return new Act(key, Test.PRESENT, 0, 0, KEEP);
    }

    static Act writtenAt(int key, long modRevision) {
        return new Act(key, Test.PRESENT, 0, modRevision, KEEP);
    }

    static Act write(int key, int value) {
        return new Act(key, Test.NONE, 0, 0, value);
    }

    static Act deletePresent(int key) {
        return new Act(key, Test.PRESENT, 0, 0, Vocabulary.MISSING);
    }

    boolean writes() {
        return written != KEEP;
    }

    boolean tests() {
        return test != Test.NONE || modRevision != 0;
    }

    /** Whether it asks for exactly one value. */
    boolean testsOneValue() {
        return test == Test.IS;
    }

    /** Whether it writes for sure when its test holds; deleting what may be missing may write nothing. */
    boolean surelyWrites() {
        return written > Vocabulary.MISSING || (written == Vocabulary.MISSING && test == Test.PRESENT);
    }

    Act ofKey(int other) {
        return new Act(other, test, value, modRevision, written);
    }
}
