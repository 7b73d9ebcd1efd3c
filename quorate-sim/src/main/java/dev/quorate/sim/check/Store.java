package dev.quorate.sim.check;

import java.util.Arrays;

/**
 * The store that a search runs its moves on: the value of each key, and a log by which every change can be taken back.
 *
 * <p>Where the history has revisions, it also knows the lowest revision that the store can have reached, and for each
 * key the revision of its last write: the number itself when it is known, and otherwise the negative of the lowest that
 * it can be. Not every write of the store needs to be in the history, so revisions may have gaps. Owned by one search.
 */
final class Store {
    private static final int VALUE_TOKEN = 1;
    private static final int WRITTEN_AT_TOKEN = 2;
    private static final int FLOOR_TOKEN = 3;
    private static final int FLOOR_ENTRY = -1;

    private final int[] values;
    private final long[] writtenAt;
    private final boolean tracksRevisions;
    private long floor;
    /** Where the present run starts in the log, and the revision that it made as far as its own reads show; or 0. */
    private int runMark;

    private long madeHere;
    private long hashLow;
    private long hashHigh;

    private int[] logKeys = new int[64];
    private int[] logValues = new int[64];
    private long[] logRevisions = new long[64];
    private int logSize;

    Store(int[] initial, long floor, boolean tracksRevisions) {
        this.values = initial.clone();
        this.floor = floor;
        this.writtenAt = new long[tracksRevisions ? initial.length : 0];
        this.tracksRevisions = tracksRevisions;
    }

    int value(int key) {
        return values[key];
    }

    int[] values() {
        return values.clone();
    }

    /** Two states of the same search are the same when both halves are the same. */
    long hashLow() {
        return hashLow;
    }

    long hashHigh() {
        return hashHigh;
    }

    /** The length of the log, to come back to. */
    int mark() {
        return logSize;
    }

    /** The key that a change was about; negative for a change of revisions only. */
    int changedKey(int entry) {
        return logKeys[entry];
    }

    /** The value before a change. */
    int valueBefore(int entry) {
        return logValues[entry];
    }

    /** Takes back everything after a mark. */
    void undo(int mark) {
        while (logSize > mark) {
            logSize--;
            int key = logKeys[logSize];
            if (key == FLOOR_ENTRY) {
                floorTo(logRevisions[logSize]);
            } else {
                set(key, logValues[logSize], logRevisions[logSize]);
            }
        }
    }

    /**
     * Runs one branch of a move, and says whether its tests hold here; otherwise nothing changed.
     *
     * @param held whether all guards held; otherwise some guard did not
     * @param revision the revision of the answer, or 0
     */
    boolean run(Act[] guards, boolean held, Act[] acts, long revision) {
        int mark = logSize;
        runMark = mark;
        madeHere = 0;
        boolean runs = revision == 0 || revision >= floor;
        if (held) {
            for (int i = 0; runs && i < guards.length; i++) {
                runs = holds(guards[i], revision);
            }
        } else {
            runs &= someCanFail(guards);
        }
        boolean wrote = false;
        for (int i = 0; runs && i < acts.length; i++) {
            runs = holds(acts[i], revision);
            if (runs && acts[i].writes()) {
                wrote |= write(acts[i], revision);
            }
        }
        runs = runs && reach(revision != 0 ? revision : madeHere, wrote);
        if (!runs) {
            undo(mark);
        }
        return runs;
    }

    /** Whether the test of an act holds; learns the revision of the last write when the act names it. */
    private boolean holds(Act act, long revision) {
        int value = values[act.key()];
        boolean holds = switch (act.test()) {
            case NONE -> true;
            case IS -> value == act.value();
            case IS_NOT -> value != act.value() && value != Vocabulary.MISSING;
            case PRESENT -> value != Vocabulary.MISSING;
        };
        return holds && (act.modRevision() == 0 || learn(act.key(), act.modRevision(), revision));
    }

    private boolean learn(int key, long modRevision, long revision) {
        if (revision != 0 && modRevision > revision) {
            return false;
        }
        if (writtenAt[key] > 0) {
            return writtenAt[key] == modRevision;
        }
        if (modRevision < -writtenAt[key]) {
            return false;
        }
        boolean own = isWrittenHere(key);
        if (own && madeHere != 0 && madeHere != modRevision) {
            return false;
        }
        change(key, values[key], modRevision);
        if (own) {
            madeHere = modRevision;
        } else {
            raiseFloor(modRevision);
        }
        return true;
    }

    /** Whether the present run wrote the key, whose revision is not known yet. */
    private boolean isWrittenHere(int key) {
        for (int entry = runMark; entry < logSize; entry++) {
            if (logKeys[entry] == key) {
                return true;
            }
        }
        return false;
    }

    /** Whether some guard does not hold, or may not. */
    private boolean someCanFail(Act[] guards) {
        for (Act guard : guards) {
            int value = values[guard.key()];
            boolean canHold = switch (guard.test()) {
                case NONE -> true;
                case IS -> value == guard.value();
                case IS_NOT -> value != guard.value() && value != Vocabulary.MISSING;
                case PRESENT -> value != Vocabulary.MISSING;
            };
            boolean sure = guard.modRevision() == 0 || writtenAt[guard.key()] == guard.modRevision();
            if (!canHold || !sure) {
                return true;
            }
        }
        return false;
    }

    private boolean write(Act act, long revision) {
        boolean writes = act.written() != Vocabulary.MISSING || values[act.key()] != Vocabulary.MISSING;
        if (writes) {
            long at = 0;
            if (tracksRevisions && act.written() != Vocabulary.MISSING) {
                at = revision != 0 ? revision : -(floor + 1);
            }
            change(act.key(), act.written(), at);
        }
        return writes;
    }

    private boolean reach(long revision, boolean wrote) {
        if (!tracksRevisions) {
            return true;
        }
        if (revision == 0) {
            if (wrote) {
                raiseFloor(floor + 1);
            }
            return true;
        }
        boolean fits = wrote ? revision > floor : revision >= floor;
        if (fits) {
            raiseFloor(revision);
        }
        return fits;
    }

    private void raiseFloor(long revision) {
        if (revision > floor) {
            log(FLOOR_ENTRY, 0, floor);
            floorTo(revision);
        }
    }

    private void floorTo(long revision) {
        toggle(FLOOR_TOKEN, 0, floor);
        floor = revision;
        toggle(FLOOR_TOKEN, 0, floor);
    }

    private void change(int key, int value, long at) {
        if (values[key] != value || (tracksRevisions && writtenAt[key] != at)) {
            log(key, values[key], tracksRevisions ? writtenAt[key] : 0);
            set(key, value, at);
        }
    }

    private void set(int key, int value, long at) {
        toggle(VALUE_TOKEN, key, values[key]);
        values[key] = value;
        toggle(VALUE_TOKEN, key, value);
        if (tracksRevisions) {
            toggle(WRITTEN_AT_TOKEN, key, writtenAt[key]);
            writtenAt[key] = at;
            toggle(WRITTEN_AT_TOKEN, key, at);
        }
    }

    private void toggle(int kind, long first, long second) {
        hashLow ^= Mixing.low(kind, first, second);
        hashHigh ^= Mixing.high(kind, first, second);
    }

    private void log(int key, int value, long revision) {
        if (logSize == logKeys.length) {
            logKeys = Arrays.copyOf(logKeys, 2 * logSize);
            logValues = Arrays.copyOf(logValues, 2 * logSize);
            logRevisions = Arrays.copyOf(logRevisions, 2 * logSize);
        }
        logKeys[logSize] = key;
        logValues[logSize] = value;
        logRevisions[logSize] = revision;
        logSize++;
    }
}
