package dev.quorate.server.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file systems on which the members keep their data: where the machine allows it each has a small one of its own,
 * in memory, that can really run full; else its disk only says that it is. One thread.
 */
final class Volumes implements AutoCloseable {
    private static final String SIZE = "size=48m";
    private static final int BLOCK_BYTES = 1 << 16;

    private final boolean real;
    private final List<Path> mounted = new ArrayList<>();

    /**
     * No volumes yet.
     *
     * @param real whether file systems can be mounted here
     */
    Volumes(boolean real) {
        this.real = real;
    }

    /** Whether this machine lets us mount file systems, tried in a directory. */
    static boolean canMount(Path directory) throws IOException {
        Path probe = Files.createDirectories(directory.resolve("probe"));
        try {
            Shell.run("mount", "-t", "tmpfs", "-o", SIZE, "quorate-chaos", probe.toString());
            Shell.run("umount", probe.toString());
            return true;
        } catch (IOException refused) {
            return false;
        } finally {
            Files.delete(probe);
        }
    }

    /** Gives a member its file system, before it has data. */
    void provide(Path volume) throws IOException {
        Files.createDirectories(volume);
        if (real) {
            Shell.run("mount", "-t", "tmpfs", "-o", SIZE, "quorate-chaos", volume.toString());
            mounted.add(volume);
        }
    }

    private static Path ballast(Member member) {
        return member.volume().resolve("ballast");
    }

    /** Leaves the member no space. */
    void fill(Member member) throws IOException {
        if (!mounted.contains(member.volume())) {
            member.process().tell(new Order.FullDisk(true));
            return;
        }
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream out = Files.newOutputStream(ballast(member))) {
            for (int length = BLOCK_BYTES; length > 0; ) {
                try {
                    out.write(block, 0, length);
                } catch (IOException full) {
                    length /= 2;
                }
            }
        }
    }

    /** Gives it space again. */
    void free(Member member) throws IOException {
        Files.deleteIfExists(ballast(member));
        if (member.isAlive()) {
            member.process().tell(new Order.FullDisk(false));
        }
    }

    /** Copies what is there to where it stays. */
    void keep() throws IOException {
        for (Path volume : mounted) {
            Shell.run("cp", "-a", volume.toString(), volume + ".kept");
        }
    }

    @Override
    public void close() {
        for (Path volume : mounted) {
            Shell.attempt("umount", volume.toString());
        }
        mounted.clear();
    }
}
