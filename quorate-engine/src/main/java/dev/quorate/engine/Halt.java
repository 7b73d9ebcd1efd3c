package dev.quorate.engine;

import dev.quorate.spi.NodeHaltedException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one-way switch of a node that met what must not be retried: the first cause stays, and every cycle stops working.
 */
final class Halt {
    private final AtomicReference<@Nullable NodeHaltedException> first = new AtomicReference<>();
    private final Consumer<NodeHaltedException> onHalt;

    /** Not halted; {@code onHalt} is told once, on the thread that met the cause. */
    Halt(Consumer<NodeHaltedException> onHalt) {
        this.onHalt = onHalt;
    }

    /** Halts the node; any thread, and only the first call counts. */
    void by(NodeHaltedException cause) {
        if (first.compareAndSet(null, cause)) {
            onHalt.accept(cause);
        }
    }

    /** Halts the node because of this failure. */
    void by(String during, Throwable failure) {
        if (failure instanceof NodeHaltedException halted) {
            by(halted);
        } else {
            by(new NodeHaltedException(during + ": " + failure, failure));
        }
    }

    /** Why the node halted; null while it runs. Any thread. */
    @Nullable
    NodeHaltedException cause() {
        return first.get();
    }
}
