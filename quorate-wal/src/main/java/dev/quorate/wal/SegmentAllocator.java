package dev.quorate.wal;

import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Prepares segments before they are needed and takes old ones back; owned by the LOG thread.
 *
 * <pre>
 *   new file ──zeros, a slice at a time──► blank ──header──► segment, in the manifest ──► records ──► not needed
 *                                            ▲                                                           │
 *                                            └──────── renamed, its content left as it is ◄──────────────┘
 * </pre>
 *
 * <p>A blank has all its blocks on the disk, written once: overwriting them is what makes a force cheap, and a record
 * never lacks space. Stale content in it means nothing, because each use of a file is a new epoch and the epoch salts
 * the checksums. The epoch is taken from the manifest, which is durable with the next one before a record is written.
 */
final class SegmentAllocator implements AutoCloseable {
    private static final int SLICES_AT_ONCE_MAX = 8;
    /**
     * Zeros are written a page at a time: what one write brings the kernel may keep in its cache as one piece, and all
     * of that piece is dirty again, and counted as written, whenever a record is put into it.
     */
    static final int PAGE_BYTES = 4 << 10;

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(PAGE_BYTES).asReadOnlyBuffer();

    private final Disk disk;
    private final LogFiles files;
    private final LogManifest manifest;
    private final WalOptions options;
    private final ArrayDeque<Segment> prepared = new ArrayDeque<>();
    private final ArrayDeque<Path> blanks = new ArrayDeque<>();
    private @Nullable Growing growing;
    private int newestCapacity;

    /** A blank that is not full yet. */
    private static final class Growing {
        private final Path path;
        private final DiskFile file;
        private final int target;
        private long size;

        Growing(Path path, DiskFile file, int target) {
            this.path = path;
            this.file = file;
            this.target = target;
        }
    }

    /**
     * An allocator behind the last segment that holds records.
     *
     * @param ready the segments after it, prepared by an earlier run
     * @param newestCapacity the size of the last segment of all
     */
    SegmentAllocator(
            Disk disk,
            LogFiles files,
            LogManifest manifest,
            WalOptions options,
            List<Segment> ready,
            int newestCapacity) {
        this.disk = disk;
        this.files = files;
        this.manifest = manifest;
        this.options = options;
        this.prepared.addAll(ready);
        this.newestCapacity = newestCapacity;
    }

    /** Brings the directory in order after a crash: files that are in no manifest are kept as blanks, or deleted. */
    void adoptLeftovers() throws IOException {
        LogManifest.State state = manifest.state();
        List<Long> segments = new ArrayList<>();
        for (String name : disk.list(files.directory())) {
            OptionalLong sequence = LogFiles.sequenceOf(name);
            if (LogFiles.blankOf(name).isPresent()) {
                Path blank = files.directory().resolve(name);
                if (isWanted(blank)) {
                    blanks.add(blank);
                }
            } else if (sequence.isPresent()
                    && (sequence.getAsLong() < state.first() || sequence.getAsLong() > state.last())) {
                segments.add(sequence.getAsLong());
            }
        }
        // After the blanks, whose names these must not take.
        for (long sequence : segments) {
            Path path = files.segment(sequence);
            if (isWanted(path)) {
                Path blank = freeBlank(sequence);
                disk.rename(path, blank);
                blanks.add(blank);
            }
        }
    }

    /** True when a file that is in no manifest can be a blank and one more is wanted; else it is deleted. */
    private boolean isWanted(Path path) throws IOException {
        boolean wanted = blanks.size() < options.sparesMax() && sizeOf(path) == options.segmentBytes();
        if (!wanted) {
            disk.delete(path);
        }
        return wanted;
    }

    /** A name for a blank that none has, the one that is growing included. */
    private Path freeBlank(long number) {
        long free = number;
        Growing present = growing;
        while (blanks.contains(files.blank(free)) || (present != null && present.path.equals(files.blank(free)))) {
            free++;
        }
        return files.blank(free);
    }

    /**
     * Does a bounded part of what is needed to have the next segment ready in time.
     *
     * @param used how much of the present segment is used, in bytes
     * @param capacity its size in bytes
     */
    void prepareAhead(long used, int capacity) throws IOException {
        try {
            for (int slices = 0; slices < SLICES_AT_ONCE_MAX && isBehind(used, capacity); slices++) {
                if (!blanks.isEmpty()) {
                    listSegment(blanks.remove());
                } else {
                    growSlice(capacityFor(0));
                }
            }
        } catch (StorageFullException e) {
            // The segment is not needed yet. When it is, and there is still no space, the append says so.
            return;
        }
    }

    /** The segment that comes so many segments after the present one, from 0; prepared now if it was not. */
    Segment upcoming(int place, long bytesNeeded) throws IOException {
        while (prepared.size() <= place) {
            if (!blanks.isEmpty()) {
                listSegment(blanks.remove());
            } else {
                growSlice(capacityFor(bytesNeeded));
            }
        }
        int i = 0;
        for (Segment segment : prepared) {
            if (i++ == place) {
                return segment;
            }
        }
        throw new IllegalStateException("no segment " + place);
    }

    /** The next segment, which {@link #upcoming} returned before at place 0. */
    Segment take() {
        return prepared.remove();
    }

    /** Takes segments back that the manifest does not name any more. */
    void release(List<Segment> segments) throws IOException {
        for (Segment segment : segments) {
            segment.retire();
            if (blanks.size() < options.sparesMax() && segment.capacity() == options.segmentBytes()) {
                Path blank = freeBlank(segment.sequence());
                disk.rename(segment.path(), blank);
                blanks.add(blank);
            } else {
                disk.delete(segment.path());
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : prepared) {
            segment.close();
        }
        Growing unfinished = growing;
        if (unfinished != null) {
            unfinished.file.close();
        }
    }

    /** Writes zeros to a file up to a size, a page at a time. */
    static void fillWithZeros(DiskFile file, long from, long to) throws IOException {
        long at = from;
        while (at < to) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit((int) Math.min(zeros.capacity(), to - at));
            int length = zeros.remaining();
            file.write(zeros, at);
            at += length;
        }
    }

    /** Begins when a quarter of the present segment is used and is ready at three quarters, at an even pace. */
    private boolean isBehind(long used, int capacity) {
        long quarter = capacity / 4;
        if (!prepared.isEmpty() || used <= quarter) {
            return false;
        }
        Growing present = growing;
        long done = present == null ? 0 : present.size;
        int target = present == null ? capacityFor(0) : present.target;
        return !blanks.isEmpty() || done * quarter * 2 < (used - quarter) * target;
    }

    private int capacityFor(long bytesNeeded) {
        long wanted = Math.max(2L * newestCapacity, (bytesNeeded + 511) / 512 * 512);
        return (int) Math.min(options.segmentBytes(), wanted);
    }

    private void growSlice(int target) throws IOException {
        Growing present = growing;
        if (present == null) {
            Path path = freeBlank(manifest.state().last() + 1);
            present = new Growing(path, disk.open(path, Open.CREATE), target);
            growing = present;
        }
        long end = Math.min(present.target, present.size + options.prepareSliceBytes());
        fillWithZeros(present.file, present.size, end);
        present.file.force();
        present.size = end;
        if (present.size == present.target) {
            growing = null;
            present.file.close();
            listSegment(present.path);
        }
    }

    /**
     * Makes a blank the next segment. When this fails half-way, a restart finds a blank or a segment that no manifest
     * names.
     */
    private void listSegment(Path blank) throws IOException {
        LogManifest.State state = manifest.state();
        long sequence = state.last() + 1;
        int capacity = (int) sizeOf(blank);
        try (DiskFile file = disk.open(blank, Open.WRITE)) {
            file.write(Segment.header(sequence, state.nextEpoch(), capacity), 0);
            file.force();
        } catch (StorageFullException e) {
            throw new IOException("no space inside of the prepared segment " + blank, e);
        }
        disk.rename(blank, files.segment(sequence));
        disk.forceDirectory(files.directory());
        manifest.update(state.withNextSegment());
        prepared.add(Segment.open(disk, files.segment(sequence), sequence, Open.WRITE));
        newestCapacity = capacity;
    }

    private long sizeOf(Path path) throws IOException {
        try (DiskFile file = disk.open(path, Open.READ)) {
            return file.size();
        }
    }
}
