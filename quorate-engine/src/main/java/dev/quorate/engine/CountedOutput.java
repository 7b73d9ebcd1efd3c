package dev.quorate.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;

/** Passes on what is written, and counts it. */
final class CountedOutput extends OutputStream {
    private final OutputStream out;
    private final AtomicLong written;

    CountedOutput(OutputStream out, AtomicLong written) {
        this.out = out;
        this.written = written;
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
        written.incrementAndGet();
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
        written.addAndGet(count);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
