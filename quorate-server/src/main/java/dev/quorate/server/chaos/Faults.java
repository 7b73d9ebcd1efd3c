package dev.quorate.server.chaos;

import java.io.IOException;

/** Faults of one kind of things. On the thread of the nemesis. */
interface Faults {
    /**
     * Lets a fault happen, and plans its end.
     *
     * @return false when there is nobody whom it could hit at the moment
     */
    boolean strike(PlannedFault fault) throws IOException, InterruptedException;

    /** Takes back whatever lasts. */
    void healAll() throws IOException, InterruptedException;
}
