package dev.quorate.sim.node;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.sim.invariants.NodeRecord;
import dev.quorate.sim.invariants.Rules;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A snapshot store that tells the rules what goes through it, and changes nothing. */
final class WatchedSnapshots implements SnapshotStore {
    private final SnapshotStore inner;
    private final Rules rules;
    private final NodeRecord record;
    private final Probes probes;

    WatchedSnapshots(SnapshotStore inner, Rules rules, NodeRecord record, Probes probes) {
        this.inner = inner;
        this.rules = rules;
        this.record = record;
        this.probes = probes;
    }

    @Override
    public Path directory() {
        return inner.directory();
    }

    @Override
    public String prefix() {
        return inner.prefix();
    }

    @Override
    public Optional<SnapshotMetadata> latest() {
        return inner.latest();
    }

    @Override
    public List<SnapshotMetadata> all() {
        return inner.all();
    }

    @Override
    public Path pathOf(SnapshotMetadata metadata) {
        return inner.pathOf(metadata);
    }

    @Override
    public Writer begin(LogId lastIncluded, long timeMillis, Membership membership, Bytes stateDigest, int chunkBytes)
            throws IOException {
        rules.snapshotLabelled(record, lastIncluded, stateDigest);
        Writer writer = inner.begin(lastIncluded, timeMillis, membership, stateDigest, chunkBytes);
        return new Writer() {
            @Override
            public OutputStream content() {
                return writer.content();
            }

            @Override
            public SnapshotMetadata commit() throws IOException {
                SnapshotMetadata made = writer.commit();
                rules.snapshotFinished(record, made);
                probes.hit(Probe.SNAPSHOT_MADE);
                return made;
            }

            @Override
            public void close() throws IOException {
                writer.close();
            }
        };
    }

    @Override
    public Reader open(SnapshotMetadata metadata) throws IOException {
        return inner.open(metadata);
    }

    @Override
    public Partial receive(SnapshotMetadata metadata) throws IOException {
        rules.snapshotLabelled(record, metadata.lastIncluded(), metadata.stateDigest());
        Partial partial = inner.receive(metadata);
        return new Partial() {
            @Override
            public SnapshotMetadata metadata() {
                return partial.metadata();
            }

            @Override
            public int nextSeq() {
                return partial.nextSeq();
            }

            @Override
            public void add(Bytes chunk) throws IOException {
                partial.add(chunk);
            }

            @Override
            public void commit() throws IOException {
                partial.commit();
                rules.snapshotFinished(record, metadata);
                probes.hit(Probe.SNAPSHOT_INSTALLED);
            }

            @Override
            public void discard() throws IOException {
                partial.discard();
            }

            @Override
            public void close() throws IOException {
                partial.close();
            }
        };
    }

    @Override
    public List<SnapshotMetadata> cleanup(long beforeIndex, Path directory, String prefix) throws IOException {
        return inner.cleanup(beforeIndex, directory, prefix);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
