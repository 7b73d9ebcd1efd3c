package dev.quorate.benchmarks.subjects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** A file with a thread of its own that writes and syncs whatever has gathered while it was syncing. */
final class FloorWriter implements AutoCloseable {
    private final RecordRing file;
    private final Queue<PendingWrite> queue = new ConcurrentLinkedQueue<>();
    private final List<PendingWrite> batch = new ArrayList<>();
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    private FloorWriter(RecordRing file) {
        this.file = file;
        this.thread = new Thread(this::run, "floor-writer");
    }

    /** Starts to write to a file, which is closed with the writer. */
    static FloorWriter on(RecordRing file) {
        FloorWriter writer = new FloorWriter(file);
        writer.thread.start();
        return writer;
    }

    /** Writes and syncs with what else has gathered; any thread. */
    void add(PendingWrite write) {
        queue.add(write);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    /** True when everything that was added is durable. */
    boolean isIdle() {
        return idle && queue.isEmpty();
    }

    RecordRing file() {
        return file;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        while (!closed || !queue.isEmpty()) {
            if (!queue.isEmpty()) {
                commit();
                continue;
            }
            idle = true;
            if (queue.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            idle = false;
        }
        idle = true;
    }

    private void commit() {
        try {
            while (!file.isFull()) {
                PendingWrite write = queue.poll();
                if (write == null) {
                    break;
                }
                batch.add(write);
                file.add(write.key(), write.value());
            }
            file.write();
            file.force();
            batch.forEach(PendingWrite::durable);
        } catch (IOException e) {
            batch.forEach(write -> write.failed(e));
        }
        batch.clear();
    }
}
