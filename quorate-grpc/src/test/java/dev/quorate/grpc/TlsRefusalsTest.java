package dev.quorate.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.NodeId;
import dev.quorate.tls.ReloadingTls;
import dev.quorate.tls.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads of somebody who calls a peer port with TLS and is sent away. */
@Timeout(60)
final class TlsRefusalsTest {
    private static final String REFUSED = "peer refused, no TLS with it node=";

    @TempDir
    private Path directory = Path.of("");

    @RegisterExtension
    final LogLines log = new LogLines();

    private TlsFiles files(String identity) throws IOException {
        for (String name : List.of(identity + ".pem", identity + ".key", "authority.pem")) {
            try (InputStream in = TlsTest.class.getResourceAsStream("tls/" + name)) {
                Files.write(directory.resolve(name), requireNonNull(in, name).readAllBytes());
            }
        }
        return new TlsFiles(
                directory.resolve(identity + ".pem"),
                directory.resolve(identity + ".key"),
                directory.resolve("authority.pem"),
                true);
    }

    private GrpcTransport called() throws IOException {
        return GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(NodeId.of(2))
                .tls(files("node"))
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
    }

    private List<String> lines() {
        return log.with(REFUSED);
    }

    private static Socket plain(GrpcTransport to) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), to.boundAddresses().get(0).getPort());
    }

    private SSLSocket encrypted(Socket socket, KeyManager... keys) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManager trust = new ReloadingTls(files("node")).trustManager();
        context.init(keys, new TrustManager[] {trust}, null);
        SSLSocket encrypted =
                (SSLSocket) context.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        encrypted.setSSLParameters(parameters);
        return encrypted;
    }

    /** Calls over TLS; true when it gets an answer, which begins with the settings of HTTP/2. */
    private boolean isLetIn(GrpcTransport to, KeyManager... keys) throws IOException, GeneralSecurityException {
        try (Socket socket = plain(to);
                SSLSocket encrypted = encrypted(socket, keys)) {
            encrypted.startHandshake();
            return encrypted.getInputStream().read() >= 0;
        } catch (SSLException sentAway) {
            return false;
        }
    }

    private void awaitLine(String... parts) {
        Cluster.until("a line", () -> !lines().isEmpty());
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line).contains(parts));
    }

    @Test
    void aCallerWithoutACertificateIsNamedOnceHoweverOftenItCalls() throws Exception {
        try (GrpcTransport to = called()) {
            for (int i = 0; i < 3; i++) {
                assertThat(isLetIn(to)).isFalse();
            }
            awaitLine(" WARN ", "from=/127.0.0.1:", "HandshakeException text=", "CERTIFICATE");
        }
        assertThat(lines()).hasSize(1);
    }

    @Test
    void aCallerWithACertificateOfAnotherAuthorityIsNamed() throws Exception {
        try (GrpcTransport to = called()) {
            assertThat(isLetIn(to, new ReloadingTls(files("stranger")).keyManager()))
                    .isFalse();
            awaitLine(" WARN ", "from=/127.0.0.1:", "unable to find valid certification path");
        }
    }

    @Test
    void aCallerWithTheCertificateOfAClientIsNamedAndNotLetIn() throws Exception {
        try (GrpcTransport to = called()) {
            assertThat(isLetIn(to, new ReloadingTls(files("client")).keyManager()))
                    .isFalse();
            awaitLine(
                    " WARN ",
                    "from=/127.0.0.1:",
                    "the certificate of a client, not of a member: its extended key usage lacks serverAuth");
        }
    }

    @Test
    void aCallerWhoseCertificateDoesNotSayWhatItIsForIsLetIn() throws Exception {
        try (GrpcTransport to = called()) {
            assertThat(isLetIn(to, new ReloadingTls(files("unmarked")).keyManager()))
                    .isTrue();
        }
        assertThat(lines()).isEmpty();
    }

    @Test
    void aCallerInPlainTextIsNamedAndNotQuoted() throws Exception {
        try (GrpcTransport to = called();
                Socket socket = plain(to)) {
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            awaitLine("from=/127.0.0.1:" + socket.getLocalPort(), "text=it does not speak TLS");
        }
    }

    @Test
    void whoCallsIsNotToldWhichAuthoritiesArePreferred() throws Exception {
        List<Principal> told = new CopyOnWriteArrayList<>();
        X509ExtendedKeyManager keys = new ReloadingTls(files("node")).keyManager();
        KeyManager listening = new X509ExtendedKeyManager() {
            @Override
            public @Nullable String chooseClientAlias(
                    String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
                told.addAll(issuers == null ? List.of() : List.of(issuers));
                return keys.chooseClientAlias(keyTypes, issuers, socket);
            }

            @Override
            public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
                return keys.getClientAliases(keyType, issuers);
            }

            @Override
            public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
                return keys.getServerAliases(keyType, issuers);
            }

            @Override
            public @Nullable String chooseServerAlias(
                    String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                return keys.chooseServerAlias(keyType, issuers, socket);
            }

            @Override
            public X509Certificate @Nullable [] getCertificateChain(String alias) {
                return keys.getCertificateChain(alias);
            }

            @Override
            public @Nullable PrivateKey getPrivateKey(String alias) {
                return keys.getPrivateKey(alias);
            }
        };
        try (GrpcTransport to = called()) {
            assertThat(isLetIn(to, listening)).isTrue();
        }
        assertThat(told)
                .as("a list of what was trusted when the port was opened")
                .isEmpty();
    }

    @Test
    void nothingIsSaidOfWhoIsLetIn() throws Exception {
        try (GrpcTransport to = called()) {
            assertThat(isLetIn(to, new ReloadingTls(files("node")).keyManager()))
                    .isTrue();
        }
        assertThat(lines()).isEmpty();
    }
}
