package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.time.Instant;

/**
 * One record of a log, as it lies on the disk.
 *
 * @param file the segment
 * @param offset where in it, in bytes
 * @param kind what it is
 * @param term its term, 0 when records of this kind have none
 * @param index its index, 0 when records of this kind have none
 * @param timeMillis the cluster time of an entry, in milliseconds since 1970; else 0
 * @param payload what it carries
 */
public record LogRecord(
        Path file, long offset, RecordKind kind, long term, long index, long timeMillis, Bytes payload) {

    /** One line: segment, offset, kind, term, index, time, size. */
    @Override
    public String toString() {
        String time = timeMillis == 0 ? "-" : Instant.ofEpochMilli(timeMillis).toString();
        return String.format(
                "%s %10d %-10s term %d index %d time %s size %d",
                file.getFileName(), offset, kind, term, index, time, payload.length());
    }
}
