package dev.quorate.benchmarks.subjects;

import dev.quorate.spi.Bytes;
import io.microraft.statemachine.StateMachine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The map of the peer; as plain as {@link MapMachine}. */
final class PeerMachine implements StateMachine {
    /** The operation that a new leader begins with. */
    static final NewTerm NEW_TERM = new NewTerm();

    private final Map<Bytes, Bytes> pairs = new ConcurrentHashMap<>();

    /** A command of the peer, which takes objects; encoding it is the store's part. */
    record Put(Bytes key, Bytes value) {}

    /** What a new leader begins with; changes nothing. */
    record NewTerm() {}

    /** A query. */
    record Get(Bytes key) {}

    @Override
    public Object runOperation(long commitIndex, Object operation) {
        if (operation instanceof Get get) {
            return Optional.ofNullable(pairs.get(get.key()));
        }
        if (operation instanceof Put put) {
            pairs.put(put.key(), put.value());
        }
        return Bytes.EMPTY;
    }

    @Override
    public void takeSnapshot(long commitIndex, Consumer<Object> chunks) {
        chunks.accept(Map.copyOf(pairs));
    }

    @Override
    public void installSnapshot(long commitIndex, List<Object> chunks) {
        pairs.clear();
        for (Object chunk : chunks) {
            if (chunk instanceof Map<?, ?> map) {
                map.forEach((key, value) -> pairs.put((Bytes) key, (Bytes) value));
            }
        }
    }

    @Override
    public Object getNewTermOperation() {
        return NEW_TERM;
    }
}
