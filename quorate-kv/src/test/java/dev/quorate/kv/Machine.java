package dev.quorate.kv;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A state machine driven as the engine drives it: entries one by one, ended as chunks. */
final class Machine {
    final KvStateMachine store;
    private long index;
    private long timeMillis = 1_000;

    Machine() {
        this(ChangeFeed.NONE);
    }

    Machine(ChangeFeed feed) {
        this.store = new KvStateMachine(KvTable::inMemory, feed);
    }

    /** Applies a request without ending the chunk. */
    KvResponse apply(KvRequest request) {
        return AnswerCodec.decode(apply(CommandCodec.encode(request)));
    }

    Bytes apply(Bytes command) {
        index++;
        return store.apply(new Entry(new LogId(1, index), EntryKind.COMMAND, command, timeMillis));
    }

    /** Applies a request as a chunk of its own. */
    KvResponse run(KvRequest request) {
        try {
            return apply(request);
        } finally {
            endChunk();
        }
    }

    PutResponse put(PutRequest request) {
        return (PutResponse) run(request);
    }

    PutResponse put(String key, String value) {
        return put(PutRequest.of(Bytes.utf8(key), Bytes.utf8(value)));
    }

    DeleteRangeResponse delete(DeleteRangeRequest request) {
        return (DeleteRangeResponse) run(request);
    }

    DeleteRangeResponse delete(String key) {
        return delete(DeleteRangeRequest.of(Bytes.utf8(key)));
    }

    TxnResponse txn(TxnRequest request) {
        return (TxnResponse) run(request);
    }

    /** Ends the chunk as the engine does: visible, then handed out. */
    void endChunk() {
        store.chunkApplied(new LogId(1, Math.max(1, index)));
        store.chunkPublished(new LogId(1, Math.max(1, index)));
    }

    /** Ends the chunk so far, without the step that frees what compaction has forgotten. */
    void publish() {
        store.chunkApplied(new LogId(1, Math.max(1, index)));
    }

    void timeMillis(long timeMillis) {
        this.timeMillis = timeMillis;
    }

    Bytes digest() {
        return store.digest().orElseThrow();
    }

    byte[] snapshot() {
        try (FrozenState frozen = store.freeze()) {
            return written(frozen);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] written(FrozenState frozen) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (frozen.write(out)) {
            // The next part.
        }
        return out.toByteArray();
    }

    /** Another machine that got its state from a snapshot, and goes on at the same place of the log. */
    Machine restored(byte[] snapshot) throws IOException {
        Machine machine = new Machine();
        machine.index = index;
        machine.timeMillis = timeMillis;
        machine.store.restore(new ByteArrayInputStream(snapshot), new LogId(1, Math.max(1, index)));
        return machine;
    }
}
