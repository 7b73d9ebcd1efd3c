package dev.quorate.benchmarks.subjects;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The least state machine that can be verified: a hash map from keys of eight bytes to values. A command is the key and
 * the value behind it. Read from any thread.
 */
public final class MapMachine implements StateMachine {
    /** Shorter waits than this are saved up, because a thread cannot wait for a moment. */
    private static final long SHORTEST_WAIT_NANOS = 2_000_000;

    private final Map<Bytes, Bytes> pairs = new ConcurrentHashMap<>();
    private final long applyNanos;
    /** How long it should have waited so far, less what it has waited. The thread that applies. */
    private long owedNanos;

    /** An empty map. */
    public MapMachine() {
        this(0);
    }

    /** An empty map that takes so long for each command, as one that asks another device does. */
    public MapMachine(long applyNanos) {
        this.applyNanos = applyNanos;
    }

    /** The command that stores a value. */
    public static Bytes command(Bytes key, Bytes value) {
        byte[] command = new byte[Long.BYTES + value.length()];
        key.copyTo(command, 0);
        value.copyTo(command, Long.BYTES);
        return Bytes.wrap(command);
    }

    /** The value of a key; any thread. */
    public Optional<Bytes> value(Bytes key) {
        return Optional.ofNullable(pairs.get(key));
    }

    @Override
    public Bytes apply(Entry command) {
        Bytes payload = command.payload();
        pairs.put(payload.slice(0, Long.BYTES), payload.slice(Long.BYTES));
        owedNanos += applyNanos;
        while (owedNanos > SHORTEST_WAIT_NANOS) {
            long began = System.nanoTime();
            LockSupport.parkNanos(this, owedNanos);
            owedNanos -= System.nanoTime() - began;
        }
        return Bytes.EMPTY;
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        List<KeyValue> found = new ArrayList<>(keys.size());
        for (Bytes key : keys) {
            Bytes value = pairs.get(key);
            if (value == null) {
                return Optional.empty();
            }
            found.add(new KeyValue(key, value));
        }
        return Optional.of(found);
    }

    @Override
    public boolean readsConcurrently() {
        return true;
    }

    @Override
    public FrozenState freeze() {
        Map<Bytes, Bytes> frozen = Map.copyOf(pairs);
        return out -> {
            DataOutputStream data = new DataOutputStream(out);
            data.writeInt(frozen.size());
            for (Map.Entry<Bytes, Bytes> pair : frozen.entrySet()) {
                pair.getKey().writeTo(data);
                data.writeInt(pair.getValue().length());
                pair.getValue().writeTo(data);
            }
            data.flush();
            return false;
        };
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        DataInputStream data = new DataInputStream(in);
        pairs.clear();
        int size = data.readInt();
        for (int i = 0; i < size; i++) {
            Bytes key = Bytes.wrap(data.readNBytes(Long.BYTES));
            pairs.put(key, Bytes.wrap(data.readNBytes(data.readInt())));
        }
    }
}
