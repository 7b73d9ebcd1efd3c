package dev.quorate.sim.node;

import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.LogId;
import dev.quorate.sim.invariants.NodeRecord;
import dev.quorate.sim.invariants.Rules;
import dev.quorate.sim.kernel.TraceHash;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The store of a node, watched: what it applies, and what it is after that. */
final class WatchedMachine implements StateMachine {
    private final KvStateMachine store;
    private final Rules rules;
    private final NodeRecord record;
    private final TraceHash trace;
    private final Probes probes;

    WatchedMachine(KvStateMachine store, Rules rules, NodeRecord record, TraceHash trace, Probes probes) {
        this.store = store;
        this.rules = rules;
        this.record = record;
        this.trace = trace;
        this.probes = probes;
    }

    @Override
    public LogId lastApplied() {
        return store.lastApplied();
    }

    @Override
    public Bytes apply(Entry command) {
        rules.applies(record, command);
        Bytes answer = store.apply(command);
        Bytes digest = store.digest().orElse(Bytes.EMPTY);
        trace.add(command.index(), digest.hashCode());
        rules.applied(record, command, digest);
        return answer;
    }

    @Override
    public void chunkApplied(LogId lastApplied) throws IOException {
        store.chunkApplied(lastApplied);
        rules.appliedChunk(record, lastApplied, store.status().revision());
    }

    @Override
    public void chunkPublished(LogId lastApplied) {
        store.chunkPublished(lastApplied);
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        return store.read(keys);
    }

    @Override
    public boolean readsConcurrently() {
        return store.readsConcurrently();
    }

    @Override
    public Optional<Bytes> digest() {
        return store.digest();
    }

    @Override
    public FrozenState freeze() {
        return store.freeze();
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        store.restore(in, lastIncluded);
        trace.add(lastIncluded.index(), lastIncluded.term());
        rules.restored(record, lastIncluded, store.digest().orElse(Bytes.EMPTY));
        probes.hit(Probe.SNAPSHOT_RESTORED);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
