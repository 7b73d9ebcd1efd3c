package dev.quorate.server.chaos;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a signal does to a run: it is interrupted where it waits, and the process ends when namespaces, mounts and
 * servers are gone.
 */
final class Interruption {
    private static final long CLEANING_SECONDS = 30;

    private final Thread runner = Thread.currentThread();
    private final CountDownLatch cleaned = new CountDownLatch(1);

    private Interruption() {}

    /** Gets ready for a signal, for the thread that calls. */
    static Interruption install() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::signalled, "quorate-interrupt"));
        return interruption;
    }

    private void signalled() {
        if (cleaned.getCount() == 0) {
            return;
        }
        runner.interrupt();
        try {
            boolean unused = cleaned.await(CLEANING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything is gone. */
    void cleaned() {
        cleaned.countDown();
    }
}
