package dev.quorate.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.InvalidRequestException;
import dev.quorate.testkit.ManualClock;
import dev.quorate.tls.ReloadingTls;
import dev.quorate.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is made of certificate files that change. */
final class CertificateFilesTest {
    private static final String KEPT = "certificate not reloaded";
    private static final FileTime THEN = FileTime.fromMillis(1_700_000_000_000L);

    @RegisterExtension
    final LogLines log = new LogLines();

    @TempDir
    private Path directory;

    private TlsFiles files(String identity) throws IOException {
        return TlsTest.files(directory, "own", identity, "authority", true);
    }

    /** The name in the certificate that is shown now. */
    private static String shown(ReloadingTls tls) {
        String alias = requireNonNull(tls.keyManager().chooseEngineServerAlias("EC", null, null));
        return requireNonNull(tls.keyManager().getCertificateChain(alias))[0]
                .getSubjectX500Principal()
                .getName();
    }

    /** Writes over a file that is there, so that neither its size nor its time tells. */
    private void overwrite(Path file, String name) throws IOException {
        Path fresh = directory.resolve("fresh");
        TlsTest.copy(name, fresh);
        assertThat(Files.size(fresh)).isEqualTo(Files.size(file));
        Files.write(file, Files.readAllBytes(fresh));
        Files.setLastModifiedTime(file, THEN);
    }

    @Test
    void filesThatCouldNotBeUsedAreTriedAgainThoughNothingTellsThatTheyChanged() throws IOException {
        TlsFiles files = files("node");
        ReloadingTls tls = new ReloadingTls(files);
        TlsTest.copy("elsewhere.pem", files.certificateChain());
        overwrite(files.privateKey(), "stranger.key");
        assertThat(shown(tls)).isEqualTo("CN=node");
        overwrite(files.privateKey(), "elsewhere.key");
        assertThat(shown(tls)).isEqualTo("CN=elsewhere");
    }

    @Test
    void whatIsWrongWithTheFilesIsSaidOnceAMinute() throws IOException {
        TlsFiles files = files("node");
        ManualClock clock = new ManualClock();
        ReloadingTls tls = new ReloadingTls(files, clock);
        for (int number = 0; number < 3; number++) {
            TlsTest.copy("renewed.key", files.privateKey());
            assertThat(shown(tls)).isEqualTo("CN=node");
        }
        assertThat(log.with(KEPT))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains(" WARN ").contains("own.key is not that of the certificate in"));
        Files.delete(files.privateKey());
        assertThat(shown(tls)).isEqualTo("CN=node");
        assertThat(log.with(KEPT)).as("another reason").hasSize(2);
        clock.advance(Duration.ofSeconds(59));
        assertThat(shown(tls)).isEqualTo("CN=node");
        assertThat(log.with(KEPT)).hasSize(2);
        clock.advance(Duration.ofSeconds(1));
        assertThat(shown(tls)).isEqualTo("CN=node");
        assertThat(log.with(KEPT)).as("after a minute").hasSize(3);
    }

    @Test
    void anExpiredCertificateDoesNotReplaceOneThatIsInForce() throws IOException {
        ReloadingTls tls = new ReloadingTls(files("node"));
        files("expired");
        assertThat(shown(tls)).isEqualTo("CN=node");
        assertThat(log.with(KEPT))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("own.pem")
                        .contains("is not valid")
                        .contains("notAfter="));
        files("elsewhere");
        assertThat(shown(tls)).isEqualTo("CN=elsewhere");
    }

    @Test
    void otherAuthoritiesAreTrustedThoughTheOwnCertificateHasExpired() throws IOException {
        TlsFiles files = files("expired");
        ReloadingTls tls = new ReloadingTls(files);
        String before = requireNonNull(tls.keyManager().chooseEngineServerAlias("EC", null, null));
        TlsTest.copy("other-authority.pem", files.trustedAuthorities());
        assertThat(tls.keyManager().chooseEngineServerAlias("EC", null, null))
                .as("another reading")
                .isNotNull()
                .isNotEqualTo(before);
        assertThat(log.with(KEPT)).isEmpty();
    }

    @Test
    void aNodeStartsWithAnExpiredCertificateAndSaysSo() throws IOException {
        ReloadingTls tls = new ReloadingTls(files("expired"));
        assertThat(shown(tls)).isEqualTo("CN=expired");
        assertThat(log.with("certificate not valid"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains(" WARN ").contains("own.pem").contains("notAfter="));
    }

    @Test
    void aKeyOfAKindThatTlsCannotUseHereIsRefused() throws IOException {
        TlsFiles files = files("edwards");
        assertThatThrownBy(() -> new ReloadingTls(files))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("own.key holds a key of the kind Ed")
                .hasMessageContaining("RSA")
                .hasMessageContaining("EC");
    }
}
