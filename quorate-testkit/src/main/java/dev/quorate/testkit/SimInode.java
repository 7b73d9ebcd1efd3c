package dev.quorate.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The content of one simulated file, sector by sector; guarded by its {@link SimDisk}.
 *
 * <pre>
 *   sector:  durable ──► v1 ──► v2 ──► v3 = current        (vN: after each write since the last force)
 *   force:   durable = current, no versions
 *   crash:   durable, or any version, or the beginning of one and the end of its predecessor; each sector for itself
 * </pre>
 */
final class SimInode {
    static final int SECTOR_BYTES = 512;
    private static final int VERSIONS_MAX = 8;
    private static final byte[] ZEROS = new byte[SECTOR_BYTES];

    private @Nullable Sector[] sectors = new Sector[0];
    private final TreeSet<Integer> dirty = new TreeSet<>();
    private final TreeSet<Integer> given = new TreeSet<>();
    private final BitSet allocated = new BitSet();
    private final BitSet unreadable = new BitSet();
    private final List<Long> sizesSinceForce = new ArrayList<>();
    private long size;
    private long durableSize;
    private int lastForcedFrom = Integer.MAX_VALUE;

    private static final class Sector {
        private byte[] durable = ZEROS;
        private byte[] current = ZEROS;
        private final List<byte[]> versions = new ArrayList<>(1);
    }

    long size() {
        return size;
    }

    long allocatedBytes() {
        return (long) allocated.cardinality() * SECTOR_BYTES;
    }

    /** The bytes that a write to this range would newly take. */
    long newlyAllocated(long position, long length) {
        if (length == 0) {
            return 0;
        }
        int first = sectorOf(position);
        int last = sectorOf(position + length - 1);
        int taken = allocated.get(first, last + 1).cardinality();
        return (long) (last + 1 - first - taken) * SECTOR_BYTES;
    }

    boolean isReadable(long position, long length) {
        int bad = unreadable.nextSetBit(sectorOf(position));
        return bad < 0 || length == 0 || bad > sectorOf(position + length - 1);
    }

    void makeUnreadable(long from, long to) {
        unreadable.set(sectorOf(from), sectorOf(to - 1) + 1);
    }

    void makeReadable() {
        unreadable.clear();
    }

    void write(ByteBuffer source, long position) {
        long at = position;
        while (source.hasRemaining()) {
            int inSector = (int) (at % SECTOR_BYTES);
            int length = Math.min(source.remaining(), SECTOR_BYTES - inSector);
            writeSector(sectorOf(at), inSector, source, length);
            at += length;
        }
        if (at > size) {
            changeSize(at);
        }
    }

    int read(ByteBuffer target, long position) {
        int length = (int) Math.max(0, Math.min(target.remaining(), size - position));
        long at = position;
        for (int left = length; left > 0; ) {
            int inSector = (int) (at % SECTOR_BYTES);
            int part = Math.min(left, SECTOR_BYTES - inSector);
            Sector sector = sectorOf(at) < sectors.length ? sectors[sectorOf(at)] : null;
            target.put(sector == null ? ZEROS : sector.current, inSector, part);
            at += part;
            left -= part;
        }
        return length;
    }

    void resize(long newSize) {
        if (newSize < size) {
            for (long at = newSize; at < size; ) {
                int inSector = (int) (at % SECTOR_BYTES);
                int length = SECTOR_BYTES - inSector;
                writeSector(sectorOf(at), inSector, ByteBuffer.wrap(ZEROS), length);
                at += length;
            }
            allocated.clear(sectorOf(newSize + SECTOR_BYTES - 1), sectorOf(size + SECTOR_BYTES - 1) + 1);
        }
        if (newSize != size) {
            changeSize(newSize);
        }
    }

    /** Where the last force that had something to do began: what lies before has been followed by later ones. */
    long lastForcedFrom() {
        return lastForcedFrom == Integer.MAX_VALUE ? Long.MAX_VALUE : (long) lastForcedFrom * SECTOR_BYTES;
    }

    void force() {
        if (!dirty.isEmpty()) {
            lastForcedFrom = dirty.first();
        }
        for (int number : dirty) {
            Sector sector = sector(number);
            sector.durable = sector.current;
            sector.versions.clear();
        }
        given.removeAll(dirty);
        dirty.clear();
        durableSize = size;
        sizesSinceForce.clear();
    }

    /**
     * What the kernel does when the device refuses: the pages count as clean, so no later force writes them, and nobody
     * knows what is on the disk. A new write makes them dirty again.
     */
    void failForce() {
        given.addAll(dirty);
        dirty.clear();
    }

    /** Leaves of the unsynced changes what this mode and chance leave. */
    void crash(SimDisk.Survival survival, RandomGenerator random) {
        given.addAll(dirty);
        for (int number : given) {
            Sector sector = sector(number);
            sector.durable = survivor(sector, survival, random);
            sector.current = sector.durable;
            sector.versions.clear();
        }
        given.clear();
        dirty.clear();
        int kept = survival.pick(sizesSinceForce.size(), random);
        size = kept == 0 ? durableSize : sizesSinceForce.get(kept - 1);
        durableSize = size;
        sizesSinceForce.clear();
        clearBehindSize();
    }

    /** Flips bits of what is stored, as rot does. */
    void flip(long position, int mask) {
        Sector sector = sector(sectorOf(position));
        byte[] rotten = sector.current.clone();
        rotten[(int) (position % SECTOR_BYTES)] ^= (byte) mask;
        sector.current = rotten;
        sector.durable = rotten;
        sector.versions.clear();
    }

    private byte[] survivor(Sector sector, SimDisk.Survival survival, RandomGenerator random) {
        int kept = survival.pick(sector.versions.size(), random);
        if (kept == 0) {
            return sector.durable;
        }
        byte[] version = sector.versions.get(kept - 1);
        if (survival == SimDisk.Survival.ANY && random.nextInt(8) == 0) {
            byte[] torn = version.clone();
            byte[] before = kept == 1 ? sector.durable : sector.versions.get(kept - 2);
            int tear = random.nextInt(SECTOR_BYTES);
            System.arraycopy(before, tear, torn, tear, SECTOR_BYTES - tear);
            return torn;
        }
        return version;
    }

    private void writeSector(int number, int inSector, ByteBuffer source, int length) {
        Sector sector = sector(number);
        byte[] next = sector.current.clone();
        source.get(next, inSector, length);
        allocated.set(number);
        unreadable.clear(number);
        boolean isNew = !Arrays.equals(next, sector.current);
        if (isNew) {
            if (sector.versions.size() == VERSIONS_MAX) {
                sector.versions.remove(0);
            }
            sector.versions.add(next);
            sector.current = next;
        }
        if (isNew || given.contains(number)) {
            dirty.add(number);
        }
    }

    private void changeSize(long newSize) {
        size = newSize;
        if (sizesSinceForce.size() == VERSIONS_MAX) {
            sizesSinceForce.remove(0);
        }
        sizesSinceForce.add(newSize);
    }

    private void clearBehindSize() {
        int firstBehind = sectorOf(size + SECTOR_BYTES - 1);
        for (int number = firstBehind; number < sectors.length; number++) {
            sectors[number] = null;
        }
        int inSector = (int) (size % SECTOR_BYTES);
        if (inSector != 0 && sectorOf(size) < sectors.length) {
            Sector last = sector(sectorOf(size));
            byte[] cut = last.current.clone();
            Arrays.fill(cut, inSector, SECTOR_BYTES, (byte) 0);
            last.current = cut;
            last.durable = cut;
        }
        allocated.clear(firstBehind, Math.max(firstBehind, allocated.length()));
    }

    private Sector sector(int number) {
        if (number >= sectors.length) {
            sectors = Arrays.copyOf(sectors, Math.max(number + 1, sectors.length * 2));
        }
        Sector sector = sectors[number];
        if (sector == null) {
            sector = new Sector();
            sectors[number] = sector;
        }
        return sector;
    }

    private static int sectorOf(long position) {
        return Math.toIntExact(position / SECTOR_BYTES);
    }
}
