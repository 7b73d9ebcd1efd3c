package dev.quorate.server.chaos;

import dev.quorate.server.chaos.Network.Shape;
import dev.quorate.sim.kernel.Chance;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One direction between two members, as the relays see it: bytes wait while it is cut, as those of a connection do
 * whose packets are lost; any thread.
 */
final class Link {
    /** What the systems wait at least before they send a packet again; twice as long the next time. */
    private static final long RETRANSMISSION_MILLIS = 200;

    private static final int RETRANSMISSIONS_MAX = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Chance chance;
    private boolean cut;
    private boolean closed;
    private Shape shape = Shape.NONE;

    Link(long seed) {
        this.chance = new Chance(seed);
    }

    void cut(boolean isCut) {
        lock.lock();
        try {
            cut = isCut;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void shape(Shape next) {
        lock.lock();
        try {
            shape = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing pass any more, and nobody wait. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits as long as bytes that were just read have to wait.
     *
     * @return false when they can never pass
     */
    boolean pass() throws InterruptedException {
        lock.lock();
        try {
            long wait = TimeUnit.MILLISECONDS.toNanos(wayMillis());
            while (!closed && (cut || wait > 0)) {
                if (cut) {
                    changed.await();
                } else {
                    wait = changed.awaitNanos(wait);
                }
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private long wayMillis() {
        long millis = shape.delayMillis();
        long again = RETRANSMISSION_MILLIS;
        for (int i = 0; i < RETRANSMISSIONS_MAX && chance.happens(shape.lossRate()); i++) {
            millis += again;
            again *= 2;
        }
        return millis;
    }
}
