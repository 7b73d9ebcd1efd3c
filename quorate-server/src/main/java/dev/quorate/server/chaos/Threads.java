package dev.quorate.server.chaos;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads that never keep the process alive. */
final class Threads {
    private Threads() {}

    /** As many as there is work for. */
    static ExecutorService cached(String name) {
        return Executors.newCachedThreadPool(body -> daemon(name, body));
    }

    /** One that runs already. */
    static Thread start(String name, Runnable body) {
        Thread thread = daemon(name, body);
        thread.start();
        return thread;
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }
}
