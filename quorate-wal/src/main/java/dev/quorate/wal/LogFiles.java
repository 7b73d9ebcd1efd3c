package dev.quorate.wal;

import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in the directory of the log.
 *
 * <pre>
 *   MANIFEST                    which segments belong to the log
 *   VOTE                        term and vote once more
 *   00000000000000a7.segment    the segment with sequence number a7
 *   0000000000000003.blank      a file that waits to become a segment; the number has no meaning any more
 * </pre>
 */
final class LogFiles {
    static final String MANIFEST = "MANIFEST";
    static final String VOTE = "VOTE";

    private static final Pattern SEGMENT = Pattern.compile("([0-9a-f]{16})\\.segment");
    private static final Pattern BLANK = Pattern.compile("([0-9a-f]{16})\\.blank");

    private final Path directory;

    LogFiles(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    Path manifest() {
        return directory.resolve(MANIFEST);
    }

    Path vote() {
        return directory.resolve(VOTE);
    }

    Path segment(long sequence) {
        return directory.resolve(String.format("%016x.segment", sequence));
    }

    Path blank(long number) {
        return directory.resolve(String.format("%016x.blank", number));
    }

    /** True for a name that the log gives to its files. */
    static boolean isOurs(String name) {
        return name.equals(MANIFEST)
                || name.equals(VOTE)
                || sequenceOf(name).isPresent()
                || blankOf(name).isPresent();
    }

    /** The sequence number in the name of a segment. */
    static OptionalLong sequenceOf(String name) {
        return number(SEGMENT, name);
    }

    /** The number in the name of a blank. */
    static OptionalLong blankOf(String name) {
        return number(BLANK, name);
    }

    private static OptionalLong number(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches() ? OptionalLong.of(Long.parseUnsignedLong(matcher.group(1), 16)) : OptionalLong.empty();
    }
}
