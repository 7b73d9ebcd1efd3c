package dev.quorate.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FiveLinesTest {
    @TempDir
    Path directory;

    @Test
    void fiveLinesWriteReadAndSwapAValueAndDoSoAgainAfterARestart() {
        assertThat(FiveLines.greet(directory)).isEqualTo("hej");
        assertThat(FiveLines.greet(directory)).isEqualTo("hej");
    }
}
