package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A text that grows by each command, and is durable by itself: what a chunk did is flushed with the chunk's end. */
final class FlushingMachine implements StateMachine {
    /** What was flushed. */
    record Flushed(LogId applied, String text) {}

    /** The durable place. */
    static final class Durable {
        Flushed flushed = new Flushed(LogId.ZERO, "");
        boolean failNextFlush;
    }

    private final Durable durable;
    private String text;

    FlushingMachine(Durable durable) {
        this.durable = durable;
        this.text = durable.flushed.text();
    }

    @Override
    public LogId lastApplied() {
        return durable.flushed.applied();
    }

    @Override
    public Bytes apply(Entry command) {
        text += command.payload().toUtf8();
        return Bytes.utf8(text);
    }

    @Override
    public void chunkApplied(LogId lastApplied) throws IOException {
        if (durable.failNextFlush) {
            durable.failNextFlush = false;
            throw new IOException("the power went before the flush");
        }
        durable.flushed = new Flushed(lastApplied, text);
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        return Optional.empty();
    }

    @Override
    public FrozenState freeze() {
        byte[] frozen = text.getBytes(StandardCharsets.UTF_8);
        return out -> {
            out.write(frozen);
            return false;
        };
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        durable.flushed = new Flushed(lastIncluded, text);
    }
}
