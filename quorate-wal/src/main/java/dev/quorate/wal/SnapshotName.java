package dev.quorate.wal;

import dev.quorate.raft.LogId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file that belongs to a snapshot, in four parts.
 *
 * <pre>
 *   snapshot-00000000000003e8-0000000000000002.snap
 *   prefix   index             term             stage
 * </pre>
 *
 * <p>Names are read from their end, where each part has its length, so the prefix may have any; a name with anything
 * else in it is not ours.
 *
 * @param prefix what stands before the index
 * @param lastIncluded the last entry in the snapshot
 * @param stage how far it is
 */
record SnapshotName(String prefix, LogId lastIncluded, Stage stage) {
    private static final Pattern NAME = Pattern.compile("(.*)([0-9a-f]{16})-([0-9a-f]{16})\\.(snap|tmp|part|chunks)");

    /** What a file is for. */
    enum Stage {
        /** A finished snapshot. */
        FINISHED("snap"),
        /** One that is being written here. */
        TEMPORARY("tmp"),
        /** The content of one that is being received. */
        PARTIAL("part"),
        /** What is being received, and the checksum of each chunk that is here. */
        CHUNKS("chunks");

        private final String suffix;

        Stage(String suffix) {
            this.suffix = suffix;
        }
    }

    /** The parts of a name, empty when it is not ours. */
    static Optional<SnapshotName> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long index = Long.parseUnsignedLong(matcher.group(2), 16);
        long term = Long.parseUnsignedLong(matcher.group(3), 16);
        if (index < 1 || term < 1) {
            return Optional.empty();
        }
        for (Stage stage : Stage.values()) {
            if (stage.suffix.equals(matcher.group(4))) {
                return Optional.of(new SnapshotName(matcher.group(1), new LogId(term, index), stage));
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return String.format("%s%016x-%016x.%s", prefix, lastIncluded.index(), lastIncluded.term(), stage.suffix);
    }
}
