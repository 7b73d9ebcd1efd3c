package dev.quorate.testkit;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps the promises of {@link Disk} and no other: whatever was not forced, a crash may lose,
 * tear or reorder. Every choice comes from the seed, so a run can be repeated. Any thread.
 *
 * <pre>
 *   content   each sector of 512 bytes survives for itself: as it was at the last force, as after any
 *             write since, or torn within; sizes likewise. A force of the file makes all of it durable,
 *             but not its name.
 *   names     create, rename, delete are kept in order. A crash leaves a prefix of them (a journaling
 *             file system) or any subset in which those of one file are a prefix; each is atomic.
 *             forceDirectory makes those of the directory durable, with all that they depend on. A
 *             directory is durable when it was made.
 *   force     may be told to fail. Then the pages count as clean: they read back, and no later force
 *             writes them. After a crash they hold anything between old and new.
 *   space     a budget of sectors, taken by the first write to each; a resize takes none, a deletion
 *             gives back at once.
 *   rot       flipBit changes what is stored; failReads makes sectors unreadable until they are
 *             written again.
 *
 *   running ──crash()──► what survived, no open files, no locks         (power cut)
 *      │  └───kill()───► everything as it was, no open files, no locks  (the process alone died)
 *      └──crashAfter(n)─► the n-th change from now is the last one begun; every call fails until crash()
 * </pre>
 */
public final class SimDisk implements Disk {
    private final RandomGenerator random;
    private final TreeMap<Path, SimInode> names = new TreeMap<>();
    private final TreeMap<Path, SimInode> durableNames = new TreeMap<>();
    private final TreeSet<Path> directories = new TreeSet<>();
    private final List<NameChange> unsyncedNames = new ArrayList<>();
    private final Map<Path, Object> locks = new HashMap<>();
    private long capacityBytes = Long.MAX_VALUE;
    private long processNumber;
    private long forces;
    private long directoryForces;
    private long operations;
    private long crashAtOperation = Long.MAX_VALUE;
    private boolean failNextForce;
    private boolean failNextWrite;

    /** How much of what was not forced a crash leaves. */
    public enum Survival {
        /** Nothing. */
        NONE,
        /** Everything: the crash came late. */
        ALL,
        /** Each sector, size and name by chance. */
        ANY;

        /** How many of so many changes are left. */
        int pick(int changes, RandomGenerator random) {
            return switch (this) {
                case NONE -> 0;
                case ALL -> changes;
                case ANY -> random.nextInt(changes + 1);
            };
        }
    }

    /** A change of names, atomic, and the file that it is about: a null inode takes the name away. */
    private record NameChange(SimInode file, Map<Path, @Nullable SimInode> names) {
        Set<Path> directories() {
            Set<Path> found = new LinkedHashSet<>();
            names.keySet().forEach(path -> found.add(parent(path)));
            return found;
        }
    }

    /** An empty disk of unlimited space. */
    public SimDisk(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Cuts the power: what survives is a matter of the seed. Open files and locks are gone. */
    public synchronized void crash() {
        crash(
                switch (random.nextInt(6)) {
                    case 0 -> Survival.NONE;
                    case 1 -> Survival.ALL;
                    default -> Survival.ANY;
                });
    }

    /** Cuts the power; this much survives. */
    public synchronized void crash(Survival survival) {
        boolean inOrder = survival != Survival.ANY || random.nextBoolean();
        int prefix = survival.pick(unsyncedNames.size(), random);
        Set<SimInode> behind = new LinkedHashSet<>();
        for (int i = 0; i < unsyncedNames.size(); i++) {
            NameChange change = unsyncedNames.get(i);
            boolean survives = inOrder ? i < prefix : random.nextBoolean();
            if (survives && !behind.contains(change.file())) {
                makeDurable(change);
            } else {
                behind.add(change.file());
            }
        }
        unsyncedNames.clear();
        names.clear();
        names.putAll(durableNames);
        Set<SimInode> inodes = new LinkedHashSet<>(names.values());
        inodes.forEach(inode -> inode.crash(survival, random));
        kill();
    }

    /**
     * Ends the process that uses the disk: open files and locks are gone, everything written is still there, forced or
     * not.
     */
    public synchronized void kill() {
        processNumber++;
        locks.clear();
        crashAtOperation = Long.MAX_VALUE;
        failNextForce = false;
        failNextWrite = false;
    }

    /**
     * Lets the machine stop at the {@code changes}-th change from now, at least 1; a force at that place is not done.
     */
    public synchronized void crashAfter(long changes) {
        crashAtOperation = operations + changes;
    }

    /** True after {@link #crashAfter} came true, until {@link #crash}. */
    public synchronized boolean isDown() {
        return operations >= crashAtOperation;
    }

    /** Makes the next force of a file fail. */
    public synchronized void failNextForce() {
        failNextForce = true;
    }

    /** Makes the next write to a file fail after a part of it. */
    public synchronized void failNextWrite() {
        failNextWrite = true;
    }

    /** Makes the sectors from {@code from} to before {@code to} of a file unreadable until they are written again. */
    public synchronized void failReads(Path file, long from, long to) throws IOException {
        inode(file).makeUnreadable(from, to);
    }

    /**
     * Takes back every fault that was announced and has not come true: everything can be read, there is space without
     * end, no write or force fails, no crash is due. What was damaged stays damaged.
     */
    public synchronized void heal() {
        crashAtOperation = Long.MAX_VALUE;
        failNextForce = false;
        failNextWrite = false;
        capacityBytes = Long.MAX_VALUE;
        healReads();
    }

    /** Ends the process that uses the disk and leaves the disk as a new one: no file, no directory. */
    public synchronized void wipe() {
        names.clear();
        durableNames.clear();
        unsyncedNames.clear();
        directories.clear();
        kill();
    }

    /**
     * Where the last force of a file that had something to do began: damage behind this place may look like a write
     * that a crash cut off. {@code Long.MAX_VALUE} when nothing was forced.
     */
    public synchronized long lastForcedFrom(Path file) throws IOException {
        return inode(file).lastForcedFrom();
    }

    /** Makes everything readable again. */
    public synchronized void healReads() {
        names.values().forEach(SimInode::makeReadable);
    }

    /** Flips one bit of what is stored, 0 being the lowest of the first byte. */
    public synchronized void flipBit(Path file, long bit) throws IOException {
        inode(file).flip(bit / Byte.SIZE, 1 << (bit % Byte.SIZE));
    }

    /** Sets the space of the disk, in bytes; may be less than what is used. */
    public synchronized void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    /** The space that files take, in bytes. */
    public synchronized long usedBytes() {
        return new LinkedHashSet<>(names.values())
                .stream().mapToLong(SimInode::allocatedBytes).sum();
    }

    /** How often a file was forced. */
    public synchronized long forces() {
        return forces;
    }

    /** How often a directory was forced. */
    public synchronized long directoryForces() {
        return directoryForces;
    }

    /** How many changes were made: writes, forces, names. */
    public synchronized long operations() {
        return operations;
    }

    /** All files, in the order of their paths. */
    public synchronized List<Path> files() {
        return List.copyOf(names.keySet());
    }

    /** What is in a file now. */
    public synchronized Bytes content(Path file) throws IOException {
        SimInode inode = inode(file);
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(inode.size()));
        inode.read(all, 0);
        return Bytes.wrap(all.array());
    }

    @Override
    public synchronized DiskFile open(Path file, Open how) throws IOException {
        checkRunning();
        Path path = file.normalize();
        if (how != Open.CREATE) {
            return new SimFile(inode(path), path, how == Open.WRITE, processNumber);
        }
        if (names.containsKey(path) || directories.contains(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        SimInode created = new SimInode();
        changeNames(created, Map.of(path, created));
        return new SimFile(created, path, true, processNumber);
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        checkRunning();
        Path path = directory.normalize();
        if (names.containsKey(path)) {
            throw new NotDirectoryException(path.toString());
        }
        TreeSet<String> found = new TreeSet<>();
        for (Set<Path> set : List.of(names.keySet(), directories)) {
            for (Path each : set) {
                if (path.equals(parent(each))) {
                    found.add(String.valueOf(each.getFileName()));
                }
            }
        }
        return List.copyOf(found);
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        checkRunning();
        return names.containsKey(path.normalize()) || directories.contains(path.normalize());
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        checkRunning();
        for (Path path = directory.normalize(); path != null && path.getNameCount() > 0; path = path.getParent()) {
            if (names.containsKey(path)) {
                throw new FileAlreadyExistsException(path.toString());
            }
            directories.add(path);
        }
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        checkRunning();
        Map<Path, @Nullable SimInode> change = new TreeMap<>();
        SimInode moved = inode(from);
        change.put(to.normalize(), moved);
        if (!from.normalize().equals(to.normalize())) {
            change.put(from.normalize(), null);
        }
        changeNames(moved, change);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        checkRunning();
        SimInode deleted = names.get(file.normalize());
        if (deleted != null) {
            Map<Path, @Nullable SimInode> change = new TreeMap<>();
            change.put(file.normalize(), null);
            changeNames(deleted, change);
        }
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        checkRunning();
        if (!directories.contains(directory.normalize())) {
            throw new NoSuchFileException(directory.toString());
        }
        countOperation();
        checkRunning();
        directoryForces++;
        Set<Path> needed = new LinkedHashSet<>(Set.of(directory.normalize()));
        boolean[] due = new boolean[unsyncedNames.size()];
        for (int i = due.length - 1; i >= 0; i--) {
            Set<Path> touched = unsyncedNames.get(i).directories();
            due[i] = touched.stream().anyMatch(needed::contains);
            if (due[i]) {
                needed.addAll(touched);
            }
        }
        for (int i = 0; i < due.length; i++) {
            if (due[i]) {
                makeDurable(unsyncedNames.get(i));
            }
        }
        for (int i = due.length - 1; i >= 0; i--) {
            if (due[i]) {
                unsyncedNames.remove(i);
            }
        }
    }

    @Override
    public synchronized long usableBytes(Path directory) throws IOException {
        checkRunning();
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public synchronized AutoCloseable lock(Path file) throws IOException {
        checkRunning();
        Path path = file.normalize();
        if (locks.containsKey(path)) {
            throw new DirectoryInUseException(path + " is locked");
        }
        if (!names.containsKey(path)) {
            SimInode created = new SimInode();
            changeNames(created, Map.of(path, created));
        }
        Object owner = new Object();
        locks.put(path, owner);
        return () -> unlock(path, owner);
    }

    private synchronized void unlock(Path path, Object owner) {
        locks.remove(path, owner);
    }

    private void changeNames(SimInode file, Map<Path, ? extends @Nullable SimInode> change) throws IOException {
        for (Path path : change.keySet()) {
            if (!directories.contains(parent(path))) {
                throw new NoSuchFileException(path.toString());
            }
        }
        countOperation();
        NameChange made = new NameChange(file, new TreeMap<>(change));
        unsyncedNames.add(made);
        apply(made, names);
        checkRunning();
    }

    private void makeDurable(NameChange change) {
        apply(change, durableNames);
    }

    private static void apply(NameChange change, Map<Path, SimInode> to) {
        change.names().forEach((path, inode) -> {
            if (inode == null) {
                to.remove(path);
            } else {
                to.put(path, inode);
            }
        });
    }

    private SimInode inode(Path file) throws IOException {
        SimInode inode = names.get(file.normalize());
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return inode;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private void countOperation() {
        operations++;
    }

    private void checkRunning() throws IOException {
        if (isDown()) {
            throw new IOException("the simulated machine is down");
        }
    }

    private synchronized void write(SimFile file, ByteBuffer source, long position) throws IOException {
        file.checkWritable();
        checkRunning();
        countOperation();
        if (failNextWrite) {
            failNextWrite = false;
            ByteBuffer part = source.slice();
            part.limit(random.nextInt(source.remaining() + 1));
            file.inode.write(part, position);
            throw new IOException("the simulated disk was told to fail a write to " + file.path);
        }
        long free = Math.max(0, capacityBytes - usedBytes());
        int fits = source.remaining();
        while (fits > 0 && file.inode.newlyAllocated(position, fits) > free) {
            fits = Math.max(0, fits - SimInode.SECTOR_BYTES);
        }
        ByteBuffer part = source.slice();
        part.limit(fits);
        file.inode.write(part, position);
        checkRunning();
        if (fits < source.remaining()) {
            throw new StorageFullException("the simulated disk is full");
        }
        source.position(source.limit());
    }

    private synchronized void force(SimFile file) throws IOException {
        file.checkWritable();
        checkRunning();
        countOperation();
        checkRunning();
        forces++;
        if (failNextForce) {
            failNextForce = false;
            file.inode.failForce();
            throw new IOException("the simulated disk was told to fail a force of " + file.path);
        }
        file.inode.force();
    }

    private synchronized int read(SimFile file, ByteBuffer target, long position) throws IOException {
        file.checkOpen();
        checkRunning();
        if (!file.inode.isReadable(position, target.remaining())) {
            throw new IOException("the simulated disk cannot read " + file.path + " at " + position);
        }
        return file.inode.read(target, position);
    }

    private synchronized void resize(SimFile file, long size) throws IOException {
        file.checkWritable();
        checkRunning();
        countOperation();
        file.inode.resize(size);
        checkRunning();
    }

    private synchronized long size(SimFile file) throws IOException {
        file.checkOpen();
        checkRunning();
        return file.inode.size();
    }

    /** An open file of one process. */
    private final class SimFile implements DiskFile {
        private final SimInode inode;
        private final Path path;
        private final boolean writable;
        private final long process;
        private boolean closed;

        SimFile(SimInode inode, Path path, boolean writable, long process) {
            this.inode = inode;
            this.path = path;
            this.writable = writable;
            this.process = process;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return SimDisk.this.read(this, target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            SimDisk.this.write(this, source, position);
        }

        @Override
        public void force() throws IOException {
            SimDisk.this.force(this);
        }

        @Override
        public long size() throws IOException {
            return SimDisk.this.size(this);
        }

        @Override
        public void resize(long size) throws IOException {
            SimDisk.this.resize(this, size);
        }

        @Override
        public void close() {
            synchronized (SimDisk.this) {
                closed = true;
            }
        }

        private void checkOpen() throws IOException {
            if (closed || process != processNumber) {
                throw new IOException(path + " is closed, or the process that opened it is gone");
            }
        }

        private void checkWritable() throws IOException {
            checkOpen();
            if (!writable) {
                throw new IOException(path + " was opened for reading");
            }
        }
    }
}
