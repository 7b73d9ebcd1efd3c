package dev.quorate.benchmarks.load;

import dev.quorate.spi.Bytes;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * One operation in flight, and after its answer the next one. Owned by whoever issues, then by whoever answers.
 *
 * <p>Both the issuer and the answer arrive at {@link #arrivals}; the second of them goes on. So an answer that comes
 * while the operation is still being issued never calls back into the issuer, and the stack stays flat.
 */
final class Slot implements BiConsumer<Object, Throwable> {
    private final ClosedLoop loop;
    private final Workload workload;
    private final Subject subject;
    private final Operation operation;
    private final int step;
    private final SplittableRandom random;
    private final AtomicInteger arrivals = new AtomicInteger();
    private int next;
    private int key;
    private long issuedNanos;

    /**
     * A slot that has issued nothing.
     *
     * @param number its place among the slots, from 0; it writes the keys of this remainder
     * @param slots the number of slots
     */
    Slot(ClosedLoop loop, Workload workload, Subject subject, Operation operation, int number, int slots) {
        this.loop = loop;
        this.workload = workload;
        this.subject = subject;
        this.operation = operation;
        this.step = slots;
        this.next = number;
        this.random = new SplittableRandom(number);
    }

    /**
     * Issues the next operation.
     *
     * @return true when its answer is already there, and the caller owns the slot; false when the answer will go on
     */
    boolean issue() {
        arrivals.setPlain(0);
        issuedNanos = System.nanoTime();
        var unused = send().whenComplete(this);
        return arrivals.getAndIncrement() == 1;
    }

    @Override
    public void accept(Object answer, Throwable failure) {
        loop.answered(System.nanoTime() - issuedNanos, problem(answer, failure));
        if (arrivals.getAndIncrement() == 1) {
            loop.goOn(this);
        }
    }

    /** True when a slot that writes has come to the end of its keys; it begins again with the first. */
    boolean isAtEnd() {
        return operation == Operation.PUT && next >= workload.keys();
    }

    private CompletableFuture<?> send() {
        try {
            if (operation == Operation.PUT) {
                key = next < workload.keys() ? next : next % step;
                next = key + step;
                return subject.put(workload.key(key), workload.attempt(key));
            }
            key = random.nextInt(workload.keys());
            return subject.get(workload.key(key), operation);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private String problem(Object answer, Throwable failure) {
        if (failure != null) {
            return operation + " of key " + key + " failed: " + failure;
        }
        if (operation == Operation.PUT) {
            workload.acknowledge(key);
            return "";
        }
        boolean kept = answer instanceof Optional<?> found
                && found.orElse(null) instanceof Bytes value
                && workload.isKept(key, value);
        return kept ? "" : operation + " of key " + key + " answered " + answer;
    }
}
