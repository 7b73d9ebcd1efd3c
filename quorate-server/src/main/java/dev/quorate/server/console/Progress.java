package dev.quorate.server.console;

import java.time.Duration;
import java.util.Locale;

/**
 * The progress of a long job: for one who watches a bar that is drawn over, else a line now and then. One thread.
 *
 * <pre>  import  [##########--------------]  42 %  63,000 records  21,400/s  4 s left</pre>
 */
public final class Progress {
    private static final int BAR = 24;
    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration LINE = Duration.ofSeconds(5);
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final String job;
    private final String unit;
    private final long start = System.nanoTime();
    private long shown = start;
    private boolean drawn;

    /**
     * Begins to count.
     *
     * @param job what is done
     * @param unit what is counted
     */
    public Progress(Terminal terminal, String job, String unit) {
        this.terminal = terminal;
        this.job = job;
        this.unit = unit;
    }

    /**
     * Shows where the job is, unless it did so a moment ago.
     *
     * @param fraction how much is done, 0 to 1; negative when nobody knows
     */
    public void update(long count, double fraction) {
        long now = System.nanoTime();
        Duration pause = terminal.interactive() ? REDRAW : LINE;
        if (now - shown < pause.toNanos()) {
            return;
        }
        shown = now;
        String line = line(count, fraction, now);
        if (terminal.interactive()) {
            terminal.err().print(CLEAR + line);
            terminal.err().flush();
            drawn = true;
        } else {
            terminal.note(line);
        }
    }

    /** Removes the bar, if one is drawn, so that other lines can be printed. */
    public void clear() {
        if (drawn) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            drawn = false;
        }
    }

    /** The number and the rate so far, for the last line. */
    public String summary(long count) {
        return summary(count, System.nanoTime());
    }

    private String summary(long count, long now) {
        double seconds = (now - start) / 1e9;
        return String.format(
                Locale.ROOT, "%,d %s in %.1f s, %,.0f/s", count, unit, seconds, count / Math.max(seconds, 1e-9));
    }

    private String line(long count, double fraction, long now) {
        double seconds = (now - start) / 1e9;
        double rate = count / Math.max(seconds, 1e-9);
        if (fraction < 0) {
            return String.format(Locale.ROOT, "%s  %,d %s  %,.0f/s", job, count, unit, rate);
        }
        int full = (int) Math.round(Math.min(1, fraction) * BAR);
        String bar = "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
        double left = fraction > 0 ? seconds / fraction - seconds : 0;
        return String.format(
                Locale.ROOT,
                "%s  %s  %3.0f %%  %,d %s  %,.0f/s  %.0f s left",
                job,
                bar,
                fraction * 100,
                count,
                unit,
                rate,
                left);
    }
}
