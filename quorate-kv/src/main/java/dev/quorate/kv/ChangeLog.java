package dev.quorate.kv;

import dev.quorate.raft.InvariantViolation;
import org.jspecify.annotations.Nullable;

/**
 * Every change since the last compaction, in the order of revisions: what watches replay, what snapshots carry, and the
 * list of what compaction has to free. Appending and freeing cost the same whatever its length. APPLY owns it; a
 * {@link Cursor} may read on another thread what was there when it was made.
 */
final class ChangeLog {
    private static final int SEGMENT_CHANGES = 1024;

    private Segment first = new Segment(0);
    private Segment last = first;
    private long begin;
    private long end;

    private static final class Segment {
        final long begin;
        final @Nullable Version[] versions = new @Nullable Version[SEGMENT_CHANGES];

        @Nullable
        Segment next;

        Segment(long begin) {
            this.begin = begin;
        }
    }

    /** The position of the first change that is still there. */
    long begin() {
        return begin;
    }

    /** The position behind the last change. */
    long end() {
        return end;
    }

    void append(Version version) {
        if (end - last.begin == SEGMENT_CHANGES) {
            Segment added = new Segment(end);
            last.next = added;
            last = added;
        }
        last.versions[(int) (end - last.begin)] = version;
        end++;
    }

    /** The first change. */
    Version first() {
        Version version = first.versions[(int) (begin - first.begin)];
        if (version == null) {
            throw new InvariantViolation("no change at " + begin + " of " + end);
        }
        return version;
    }

    /** Frees the first change. */
    void removeFirst() {
        first.versions[(int) (begin - first.begin)] = null;
        begin++;
        if (begin - first.begin == SEGMENT_CHANGES && first.next != null) {
            first = first.next;
        }
    }

    /** The changes that are there now, from the first on. */
    Cursor all() {
        return new Cursor(first, begin, end);
    }

    /** Lets a walk go on to the present end. */
    void extend(Cursor cursor) {
        cursor.end = end;
    }

    /** A walk over changes. Changes that are freed meanwhile are passed over. */
    static final class Cursor {
        private Segment segment;
        private long position;
        private long end;

        private Cursor(Segment segment, long position, long end) {
            this.segment = segment;
            this.position = position;
            this.end = end;
        }

        /** The next change without moving on; null at the end. */
        @Nullable
        Version peek() {
            while (position < end) {
                if (position - segment.begin == SEGMENT_CHANGES) {
                    segment = follower(segment);
                }
                Version version = segment.versions[(int) (position - segment.begin)];
                if (version != null) {
                    return version;
                }
                position++;
            }
            return null;
        }

        private static Segment follower(Segment of) {
            Segment next = of.next;
            if (next == null) {
                throw new InvariantViolation("the changes end before their end, behind " + of.begin);
            }
            return next;
        }

        /** The position of the next change. */
        long position() {
            return position;
        }

        /** Moves behind the change that was looked at. */
        void advance() {
            position++;
        }
    }
}
