package dev.quorate.sim.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The last things that happened somewhere, for the report of a failure; their text is made only when it is asked. */
public final class Ring {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Schedule schedule;
    private final Note[] notes;
    private long count;

    /** Something that can be said when needed: its {@code toString} is called late, or never. */
    private record Note(long atNanos, String kind, Object detail) {}

    /** Keeps so many. */
    public Ring(Schedule schedule, int size) {
        this.schedule = schedule;
        this.notes = new Note[size];
    }

    /** Notes what happened now; {@code detail} must be immutable. */
    public void note(String kind, Object detail) {
        notes[(int) (count++ % notes.length)] = new Note(schedule.nowNanos(), kind, detail);
    }

    /** What is kept, the oldest first, one line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (long at = Math.max(0, count - notes.length); at < count; at++) {
            Note note = notes[(int) (at % notes.length)];
            lines.add(String.format(
                    Locale.ROOT, "%14.6f ms  %-10s %s", note.atNanos / NANOS_PER_MILLI, note.kind, note.detail));
        }
        return List.copyOf(lines);
    }
}
