package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.server.client.PutCommand;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import dev.quorate.tls.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Certificates made by the command, spoken by the server, and asked for by the client. */
@Timeout(300)
final class TlsServerTest {
    @TempDir
    private Path directory = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            false);

    @BeforeEach
    void makeCertificates() {
        int exitCode = new CommandLine(new CertsCommand(terminal))
                .execute(certs().toString(), "--hosts", "localhost,127.0.0.1");
        assertThat(exitCode).as(out.toString(StandardCharsets.UTF_8)).isZero();
    }

    private Path certs() {
        return directory.resolve("certs");
    }

    private String file(String name) {
        return certs().resolve(name).toString();
    }

    private Map<Setting, String> flags(String listen, boolean mutual) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        flags.put(Setting.DATA_DIR, directory.resolve("data").toString());
        flags.put(Setting.LISTEN_CLIENT_URLS, listen);
        flags.put(Setting.CERT_FILE, file("server.pem"));
        flags.put(Setting.KEY_FILE, file("server.key"));
        if (mutual) {
            flags.put(Setting.TRUSTED_CA_FILE, file("ca.pem"));
            flags.put(Setting.CLIENT_CERT_AUTH, "true");
        }
        return flags;
    }

    private int put(RunningServer server, String... options) {
        Endpoint endpoint = server.endpoints().get(0);
        String[] all = new String[options.length + 6];
        System.arraycopy(options, 0, all, 6, options.length);
        List<String> fixed = List.of("k", "v", "--endpoints", endpoint.url(), "--dial-timeout", "20s");
        for (int i = 0; i < fixed.size(); i++) {
            all[i] = fixed.get(i);
        }
        return new CommandLine(new PutCommand(terminal)).execute(all);
    }

    @Test
    void aClientThatKnowsTheAuthorityWritesAndAnotherOneDoesNot() {
        ServerConfig config = ServerConfig.of(Settings.of(flags("https://127.0.0.1:0", false), Map.of()));
        try (RunningServer server = RunningServer.start(config, new GrpcPeers(), Machine.THIS)) {
            assertThat(server.endpoints().get(0).url()).startsWith("https://127.0.0.1:");
            assertThat(put(server, "--cacert", file("ca.pem"))).isZero();
            assertThat(put(server))
                    .as("an authority that the system does not know")
                    .isNotZero();
        }
    }

    @Test
    void aServerThatKnowsAnAuthorityOfClientsSendsThoseAwayThatHaveNoCertificate() {
        Map<Setting, String> flags = flags("https://127.0.0.1:0", true);
        flags.remove(Setting.CLIENT_CERT_AUTH);
        ServerConfig config = ServerConfig.of(Settings.of(flags, Map.of()));
        try (RunningServer server = RunningServer.start(config, new GrpcPeers(), Machine.THIS)) {
            assertThat(put(server, "--cacert", file("ca.pem"))).isNotZero();
            assertThat(put(
                            server,
                            "--cacert",
                            file("ca.pem"),
                            "--cert",
                            file("client.pem"),
                            "--key",
                            file("client.key")))
                    .isZero();
        }
    }

    @Test
    void anAuthorityOfClientsDemandsCertificatesWhateverIsSaidBesides() {
        for (String said : List.of("", "true", "false")) {
            Map<Setting, String> flags = flags("https://127.0.0.1:0", true);
            flags.remove(Setting.CLIENT_CERT_AUTH);
            if (!said.isEmpty()) {
                flags.put(Setting.CLIENT_CERT_AUTH, said);
            }
            assertThat(clientTls(flags).clientCertificateRequired()).as(said).isTrue();
        }
        assertThat(clientTls(flags("https://127.0.0.1:0", false)).clientCertificateRequired())
                .isFalse();
    }

    private static TlsFiles clientTls(Map<Setting, String> flags) {
        return ServerConfig.of(Settings.of(flags, Map.of())).clientTls().orElseThrow();
    }

    @Test
    void filesAndAddressesMustFit() {
        assertThatThrownBy(() -> ServerConfig.of(Settings.of(flags("http://127.0.0.1:0", false), Map.of())))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("it must be https for --cert-file, --key-file to be used");
        Map<Setting, String> without = flags("https://127.0.0.1:0", true);
        without.remove(Setting.TRUSTED_CA_FILE);
        assertThatThrownBy(() -> ServerConfig.of(Settings.of(without, Map.of())))
                .hasMessageContaining("--client-cert-auth: it needs --trusted-ca-file");
    }

    @Test
    void whatIsThereIsNotWrittenOver() {
        assertThat(Files.exists(certs().resolve("server.key"))).isTrue();
        assertThat(new CommandLine(new CertsCommand(terminal)).execute(certs().toString()))
                .isNotZero();
    }
}
