package dev.quorate.sim.check;

/** The verdict on a history, for people and for scripts. */
public record CheckReport(History history, Verdict verdict) {
    /** The exit code of a history that is linearizable and keeps its promises. */
    public static final int EXIT_OK = 0;

    /** The exit code of a violation. */
    public static final int EXIT_VIOLATION = 1;

    /** The exit code of a check that came to no end within its limits; 2 is left for bad use of a command line. */
    public static final int EXIT_UNDECIDED = 3;

    /** What a command line ends with; never {@link #EXIT_OK} for a history that was not decided. */
    public int exitCode() {
        return verdict.accept(new Verdict.Visitor<>() {
            @Override
            public Integer linearizable(Verdict.Linearizable linearizable) {
                return EXIT_OK;
            }

            @Override
            public Integer violation(Verdict.Violation violation) {
                return EXIT_VIOLATION;
            }

            @Override
            public Integer undecided(Verdict.Undecided undecided) {
                return EXIT_UNDECIDED;
            }
        });
    }

    /** The verdict in lines of text, each ended by {@code \n}; the first one says it in a word. */
    public String text() {
        return verdict.accept(new TextPicture(history));
    }

    /** The verdict as an HTML page that loads nothing else, with a picture of a violation. */
    public String html() {
        return verdict.accept(new HtmlPicture(history));
    }
}
