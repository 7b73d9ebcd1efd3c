package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client session: which of its commands took effect, and what they were answered.
 *
 * <pre>
 *   sequences   … 4   5   6   7   8   9  10  11 …
 *                   ▲ floor           ▲ floor + window
 *   below the floor: answered and forgotten │ in the window: answered or open │ beyond: refused
 * </pre>
 *
 * Owned by APPLY, through {@link SessionTable}.
 */
final class Session {
    /** What a command was answered. */
    static final class Answer {
        final long sequence;
        /** Null when it is no longer kept; that it took effect is known as long as this object is here. */
        @Nullable
        Bytes content;

        Answer(long sequence, @Nullable Bytes content) {
            this.sequence = sequence;
            this.content = content;
        }
    }

    final long id;
    final long timeoutMillis;
    long lastActiveMillis;
    /** When the table looks at the session next; not after its deadline. Changed while it is in no queue. */
    long queuedUntilMillis;
    /** The hash with which the session is in the table's digest. */
    long print;

    private final @Nullable Answer[] window;
    private long floor;
    private long answeredSum;

    Session(long id, long timeoutMillis, int window, long lastActiveMillis, long floor) {
        this.id = id;
        this.timeoutMillis = timeoutMillis;
        this.lastActiveMillis = lastActiveMillis;
        this.floor = floor;
        this.window = new Answer[window];
    }

    /** The lowest sequence that is not forgotten. */
    long floor() {
        return floor;
    }

    /** How many sequences there are from the floor on. */
    int window() {
        return window.length;
    }

    /** The answer of a sequence in the window; null when it was not applied yet. */
    @Nullable
    Answer answer(long sequence) {
        return window[place(sequence)];
    }

    /** A command of the window was applied. */
    void answered(Answer answer) {
        Invariant.check(answer(answer.sequence) == null, "a command of a session is applied once", answer.sequence);
        window[place(answer.sequence)] = answer;
        answeredSum += stirred(answer.sequence);
    }

    /**
     * Forgets one answer below this sequence and moves the floor behind it; the sequence itself is the floor when there
     * is no more to forget.
     *
     * @return what was forgotten; null when the floor is there
     */
    @Nullable
    Answer forgetBelow(long sequence) {
        long end = Math.min(sequence, floor + window.length);
        while (floor < end) {
            int place = place(floor++);
            Answer forgotten = window[place];
            if (forgotten != null) {
                window[place] = null;
                answeredSum -= stirred(forgotten.sequence);
                return forgotten;
            }
        }
        floor = Math.max(floor, sequence);
        return null;
    }

    /** Copies of the answers that are in the window, in the order of their sequences. */
    List<Answer> answers() {
        List<Answer> answers = new ArrayList<>();
        for (long sequence = floor; sequence < floor + window.length; sequence++) {
            Answer answer = answer(sequence);
            if (answer != null) {
                answers.add(new Answer(answer.sequence, answer.content));
            }
        }
        return answers;
    }

    /** A hash of everything but the contents of answers, which follow from the state machine. */
    long hash() {
        long h = stirred(id);
        h = stirred(h + timeoutMillis);
        h = stirred(h + window.length);
        h = stirred(h + lastActiveMillis);
        h = stirred(h + floor);
        return stirred(h + answeredSum);
    }

    private int place(long sequence) {
        return (int) (sequence % window.length);
    }

    private static long stirred(long value) {
        long h = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        return h ^ (h >>> 31);
    }
}
