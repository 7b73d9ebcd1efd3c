package dev.quorate.server.bulk;

import com.google.protobuf.ByteString;
import dev.quorate.server.console.CommandFailedException;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts on their way to a server: at most so many at a time, answered in any order, repeated when the server was away
 * for a moment, which is safe because a put twice is a put. A key is on its way only once, so that the last row of a
 * key wins.
 *
 * <p>{@link #mark} tells up to which row everything is done. One thread adds rows; answers may arrive on any thread.
 */
final class Pipeline implements AutoCloseable {
    private static final long BACKOFF_MIN_MILLIS = 50;
    private static final long BACKOFF_MAX_MILLIS = 1_000;

    private final Sender sender;
    private final int inFlightMax;
    private final boolean skipRefused;
    private final Duration retryFor;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "quorate-import-retry"));
    private final Deque<Entry> window = new ArrayDeque<>();
    private final Set<ByteString> keys = new HashSet<>();
    private int outstanding;
    private Mark mark;
    private @Nullable Failure failure;

    /** Sends a put; {@code done} is called once, by any thread, with what became of it. */
    interface Sender {
        void put(Row.Pair pair, Consumer<Status> done);
    }

    /**
     * A place in the file before which everything is done.
     *
     * @param line where its last row begins, 0 before the first
     * @param fingerprint of the file to the end of that row
     * @param imported how many rows were put
     * @param skipped how many were left out
     */
    record Mark(long line, long fingerprint, long imported, long skipped) {
        static final Mark START = new Mark(0, 0, 0, 0);
    }

    /** Why the import must stop, and at which line. */
    record Failure(long line, String reason) {}

    /**
     * Begins behind a mark.
     *
     * @param skipRefused whether a row that the server refuses is left out, instead of being the end
     * @param retryFor how long a put is repeated while the server is away
     */
    Pipeline(Sender sender, Mark mark, int inFlightMax, boolean skipRefused, Duration retryFor) {
        this.sender = sender;
        this.mark = mark;
        this.inFlightMax = inFlightMax;
        this.skipRefused = skipRefused;
        this.retryFor = retryFor;
    }

    /** Sends a row; false when no place became free within the time, or when the import has failed. */
    boolean offer(Row.Pair pair, long fingerprint, Duration patience) {
        Entry entry = new Entry(pair, fingerprint);
        synchronized (window) {
            boolean free = await(
                    patience, () -> failure != null || (window.size() < inFlightMax && !keys.contains(pair.key())));
            if (!free || failure != null) {
                return false;
            }
            window.add(entry);
            keys.add(pair.key());
            outstanding++;
        }
        send(entry, pair);
        return true;
    }

    /** Notes a row that is left out; waits for nothing. */
    void skip(Row.Bad row, long fingerprint) {
        synchronized (window) {
            Entry entry = new Entry(row, fingerprint);
            entry.skipped = true;
            window.add(entry);
            advance();
        }
    }

    /** Waits until nothing is on its way; false when that took longer. */
    boolean drain(Duration patience) {
        synchronized (window) {
            return await(patience, () -> outstanding == 0);
        }
    }

    /** Up to where everything is done. */
    Mark mark() {
        synchronized (window) {
            return mark;
        }
    }

    /** Why no more rows are taken. */
    Optional<Failure> failure() {
        synchronized (window) {
            return Optional.ofNullable(failure);
        }
    }

    private boolean await(Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                window.wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted");
            }
        }
        return true;
    }

    private void send(Entry entry, Row.Pair pair) {
        sender.put(pair, status -> answered(entry, pair, status));
    }

    private void answered(Entry entry, Row.Pair pair, Status status) {
        long backoffMillis;
        synchronized (window) {
            if (status.isOk()) {
                finish(entry, pair);
                return;
            }
            if (!mayRepeat(status)) {
                if (skipRefused && status.getCode() == Status.Code.INVALID_ARGUMENT) {
                    entry.skipped = true;
                    finish(entry, pair);
                } else {
                    fail(entry, reason(status));
                }
                return;
            }
            long now = System.nanoTime();
            if (entry.attempts == 0) {
                entry.firstFailureNanos = now;
            }
            if (now - entry.firstFailureNanos >= retryFor.toNanos()) {
                fail(entry, reason(status));
                return;
            }
            backoffMillis = Math.min(BACKOFF_MAX_MILLIS, BACKOFF_MIN_MILLIS << Math.min(entry.attempts, 5));
            entry.attempts++;
        }
        if (!timer.isShutdown()) {
            var unused = timer.schedule(() -> send(entry, pair), backoffMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void finish(Entry entry, Row.Pair pair) {
        outstanding--;
        keys.remove(pair.key());
        entry.done = true;
        advance();
        window.notifyAll();
    }

    private void advance() {
        for (Entry head = window.peek(); head != null && (head.done || head.skipped); head = window.peek()) {
            window.remove();
            mark = new Mark(
                    head.row.line(),
                    head.fingerprint,
                    mark.imported() + (head.skipped ? 0 : 1),
                    mark.skipped() + (head.skipped ? 1 : 0));
        }
    }

    private void fail(Entry entry, String reason) {
        outstanding--;
        if (failure == null || entry.row.line() < failure.line()) {
            failure = new Failure(entry.row.line(), reason);
        }
        window.notifyAll();
    }

    /** True when a put may not have happened, or may have, and sending it again can help. */
    private static boolean mayRepeat(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED, ABORTED -> true;
            default -> false;
        };
    }

    private static String reason(Status status) {
        String description = status.getDescription();
        return description == null
                ? status.getCode().toString()
                : description.lines().findFirst().orElse("");
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private static final class Entry {
        private final Row row;
        private final long fingerprint;
        private boolean done;
        private boolean skipped;
        private int attempts;
        private long firstFailureNanos;

        Entry(Row row, long fingerprint) {
            this.row = row;
            this.fingerprint = fingerprint;
        }
    }
}
