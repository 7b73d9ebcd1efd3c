package dev.quorate.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;

/** Opens one kind of subject. */
public interface SubjectFactory {
    /** The name on the command line and in reports. */
    String name();

    /** What it is, in one line. */
    String description();

    /** True when it can be opened again, and what it acknowledged before must be there. */
    default boolean opensAgain() {
        return true;
    }

    /** True when it can be made of so many nodes. */
    boolean offersNodes(int nodes);

    /**
     * Opens it on a directory of its own; on one that was used before, with what is stored there.
     *
     * @return a subject that takes requests
     */
    Subject open(Path directory, int nodes) throws IOException;
}
