package dev.quorate.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The lines of a file as bytes, without their ends; the last line needs no end. One thread. */
final class Lines implements Closeable {
    /** The rest of a longer line is read and forgotten: no record that the store takes is longer. */
    static final int LINE_BYTES_MAX = 8 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private byte[] line = new byte[1024];
    private int length;
    private boolean tooLong;
    private long number;
    private long bytesRead;
    private final CRC32C fingerprint = new CRC32C();

    Lines(InputStream in) {
        this.in = in;
    }

    /** Reads the next line; false at the end of the file. */
    boolean next() throws IOException {
        length = 0;
        tooLong = false;
        boolean any = false;
        while (at < end || fill()) {
            any = true;
            int stop = at;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            append(at, stop);
            boolean complete = stop < end;
            fingerprint.update(buffer, at, (complete ? stop + 1 : stop) - at);
            at = complete ? stop + 1 : stop;
            if (complete) {
                break;
            }
        }
        if (any) {
            number++;
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
        }
        return any;
    }

    /** The line that was read, in the first {@link #length} bytes; overwritten by the next one. */
    byte[] bytes() {
        return line;
    }

    /** How many bytes of {@link #bytes} are the line. */
    int length() {
        return length;
    }

    /** True when the line was longer than the limit, and is cut off. */
    boolean isTooLong() {
        return tooLong;
    }

    /** True when there are only blanks in the line. */
    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /** The number of the line that was read, from 1. */
    long number() {
        return number;
    }

    /** How much of the file has been read. */
    long bytesRead() {
        return bytesRead;
    }

    /** A checksum of the file to the end of the line that was read. */
    long fingerprint() {
        return fingerprint.getValue();
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        bytesRead += end;
        return end > 0;
    }

    private void append(int from, int to) {
        int more = Math.min(to - from, LINE_BYTES_MAX - length);
        tooLong |= more < to - from;
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, line.length * 2));
        }
        System.arraycopy(buffer, from, line, length, more);
        length += more;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
