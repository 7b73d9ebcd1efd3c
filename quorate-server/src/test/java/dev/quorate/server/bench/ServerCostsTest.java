package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerCostsTest {
    private static final String STAT =
            "%d (a (strange) name) S 1 2 3 0 -1 4194560 100 200 300 400 %d %d 11 12 20 0 30 0 99 1 2 3";

    @TempDir
    private Path proc = Path.of("");

    @Test
    void theTimeOfTheUserAndOfTheKernelCountWhateverTheProcessIsCalled() {
        assertThat(ServerCosts.cpuSeconds(STAT.formatted(7, 150, 25))).isEqualTo(1.75);
        assertThatThrownBy(() -> ServerCosts.cpuSeconds("7 (x) S 1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not the state of a process");
    }

    @Test
    void severalServersAddUp() throws IOException {
        process(7, 100, 20, 4096);
        process(8, 200, 30, 8192);
        ServerCosts before = ServerCosts.read(proc, List.of(7L, 8L));
        assertThat(before).isEqualTo(new ServerCosts(3.5, OptionalLong.of(12_288)));
        process(8, 300, 30, 16_384);
        assertThat(ServerCosts.read(proc, List.of(7L, 8L)).since(before))
                .isEqualTo(new ServerCosts(1.0, OptionalLong.of(8192)));
    }

    @Test
    void whatTheSystemDoesNotTellIsNotMadeUp() throws IOException {
        process(7, 100, 0, 4096);
        Files.delete(proc.resolve("7/io"));
        assertThat(ServerCosts.read(proc, List.of(7L))).isEqualTo(new ServerCosts(1.0, OptionalLong.empty()));
    }

    @Test
    void aProcessThatIsNotThereIsNamed() throws IOException {
        process(7, 100, 0, 4096);
        assertThatThrownBy(() -> ServerCosts.read(proc, List.of(7L, 8L)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no process 8");
    }

    private void process(long pid, long utime, long stime, long written) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(directory.resolve("stat"), STAT.formatted(pid, utime, stime));
        Files.writeString(directory.resolve("io"), "rchar: 1\nwchar: 2\nread_bytes: 3\nwrite_bytes: " + written + "\n");
    }
}
