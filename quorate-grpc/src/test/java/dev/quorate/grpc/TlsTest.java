package dev.quorate.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.engine.NodeOptions;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.testkit.PeerMessages;
import dev.quorate.tls.ReloadingTls;
import dev.quorate.tls.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who is talked to when certificates are in the way. The certificates: make-certificates.sh beside them. */
final class TlsTest {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);

    @RegisterExtension
    final LogLines log = new LogLines();

    @TempDir
    private Path directory;

    private final List<GrpcTransport> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(GrpcTransport::close);
    }

    static void copy(String name, Path to) throws IOException {
        try (InputStream in = TlsTest.class.getResourceAsStream("tls/" + name)) {
            Path beside = to.resolveSibling(to.getFileName() + ".new");
            Files.copy(requireNonNull(in, name), beside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Puts a certificate and its key where a node has its own. */
    private TlsFiles files(String place, String identity, String authority, boolean mutual) throws IOException {
        return files(directory, place, identity, authority, mutual);
    }

    /** The same in another directory. */
    static TlsFiles files(Path directory, String place, String identity, String authority, boolean mutual)
            throws IOException {
        TlsFiles files = new TlsFiles(
                directory.resolve(place + ".pem"),
                directory.resolve(place + ".key"),
                directory.resolve(place + ".ca"),
                mutual);
        copy(identity + ".pem", files.certificateChain());
        copy(identity + ".key", files.privateKey());
        copy(authority + ".pem", files.trustedAuthorities());
        return files;
    }

    private GrpcTransport transport(NodeId self, TlsFiles files) throws IOException {
        GrpcTransport transport = GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(self)
                .tls(files)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
        open.add(transport);
        return transport;
    }

    private static String url(GrpcTransport transport, String scheme) {
        return scheme + "://127.0.0.1:" + transport.boundAddresses().get(0).getPort();
    }

    /** True when what one sends arrives at the other; false when it did not after some attempts. */
    private static boolean reaches(GrpcTransport from, GrpcTransport to, String scheme) {
        Received received = new Received();
        to.start(received);
        from.start(new Received());
        from.membershipChanged(Membership.ofVoters(Map.of(ONE, "", TWO, url(to, scheme))));
        Cluster.until("reached or not", () -> {
            from.send(TWO, PeerMessages.heartbeat(1));
            return !received.messages().isEmpty()
                    || from.peerStatistics().get(0).messagesDropped() > 2;
        });
        return !received.messages().isEmpty();
    }

    @Test
    void nodesOfOneAuthorityTalk() throws IOException {
        assertThat(reaches(
                        transport(ONE, files("one", "node", "authority", true)),
                        transport(TWO, files("two", "rsa", "authority", true)),
                        "https"))
                .isTrue();
    }

    @Test
    void aCallerOfAnotherAuthorityIsRefusedWhenCertificatesAreDemanded() throws IOException {
        assertThat(reaches(
                        transport(ONE, files("one", "stranger", "authority", true)),
                        transport(TWO, files("two", "node", "authority", true)),
                        "https"))
                .isFalse();
    }

    @Test
    void aCallerOfAnotherAuthorityIsLetInWhenNoCertificateIsDemanded() throws IOException {
        assertThat(reaches(
                        transport(ONE, files("one", "stranger", "authority", false)),
                        transport(TWO, files("two", "node", "authority", false)),
                        "https"))
                .isTrue();
    }

    @Test
    void aNodeOfAnotherAuthorityIsNotTalkedTo() throws IOException {
        assertThat(reaches(
                        transport(ONE, files("one", "node", "authority", false)),
                        transport(TWO, files("two", "stranger", "authority", false)),
                        "https"))
                .isFalse();
        assertThat(log.await("no TLS with peer"))
                .contains(" WARN ")
                .contains("node=1 peer=2 url=https://127.0.0.1:")
                .contains("unable to find valid certification path");
        assertThat(log.with("no TLS with peer")).hasSize(1);
    }

    @Test
    void aCertificateOfAnotherHostIsNotTalkedTo() throws IOException {
        assertThat(reaches(
                        transport(ONE, files("one", "node", "authority", false)),
                        transport(TWO, files("two", "elsewhere", "authority", false)),
                        "https"))
                .isFalse();
    }

    @Test
    void plainTextIsNotUnderstoodAtAPortWithTls() throws IOException {
        GrpcTransport plain = GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(ONE)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
        open.add(plain);
        assertThat(reaches(plain, transport(TWO, files("two", "node", "authority", true)), "http"))
                .isFalse();
    }

    @Test
    void aNodeWithCertificatesCallsNoAddressInPlainTextAndSaysSoOnce() throws IOException {
        GrpcTransport from = GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(ONE)
                .tls(files("one", "node", "authority", true))
                .allowPlaintext(true)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
        open.add(from);
        try (ServerSocketChannel plain = ServerSocketChannel.open()) {
            plain.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .configureBlocking(false);
            String url = "http://127.0.0.1:" + plain.socket().getLocalPort();
            from.start(new Received());
            for (int i = 0; i < 3; i++) {
                from.membershipChanged(Membership.ofVoters(Map.of(ONE, "", TWO, url)));
            }
            Cluster.until("given up", () -> {
                from.send(TWO, PeerMessages.heartbeat(1));
                return from.peerStatistics().get(0).messagesDropped() > 2;
            });
            assertThat(plain.accept()).as("a connection in plain text").isNull();
            assertThat(log.await("peer address not used"))
                    .contains(" WARN ")
                    .contains("node=1 peer=2")
                    .contains(url)
                    .contains("plain text");
            assertThat(log.with("peer address not used")).hasSize(1);
        }
    }

    @Test
    void ofSeveralAddressesThoseWithTlsAreCalled() throws IOException {
        GrpcTransport from = transport(ONE, files("one", "node", "authority", true));
        GrpcTransport to = transport(TWO, files("two", "node", "authority", true));
        Received received = new Received();
        to.start(received);
        from.start(new Received());
        from.membershipChanged(Membership.ofVoters(
                Map.of(ONE, "", TWO, "http://127.0.0.1:" + Cluster.freePort() + "," + url(to, "https"))));
        Cluster.until("reached", () -> {
            from.send(TWO, PeerMessages.heartbeat(1));
            return !received.messages().isEmpty();
        });
        assertThat(log.await("peer address not used")).contains("http://127.0.0.1:");
    }

    @Test
    void aNodeThatIsWithoutTlsIsNamedByTheCaller() throws IOException {
        GrpcTransport plain = GrpcTransport.builder()
                .clusterId(Cluster.ID)
                .self(TWO)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
        open.add(plain);
        GrpcTransport from = transport(ONE, files("one", "node", "authority", true));
        assertThat(reaches(from, plain, "https")).isFalse();
        Cluster.until("named", () -> {
            from.send(TWO, PeerMessages.heartbeat(1));
            return !log.with("no TLS with peer").isEmpty();
        });
        assertThat(log.await("no TLS with peer")).contains(" WARN ").contains("node=1 peer=2 url=https://127.0.0.1:");
    }

    @Test
    void aFailureIsToldInOneShortLine() {
        Throwable failure = new IOException("io exception\nChannel Pipeline", new IOException("x".repeat(300) + "\ny"));
        assertThat(RootCause.of(failure)).isEqualTo("x".repeat(200) + "...");
        assertThat(RootCause.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void aNewCertificateIsUsedWithoutARestart() throws IOException {
        TlsFiles two = files("two", "stranger", "authority", true);
        GrpcTransport called = transport(TWO, two);
        assertThat(reaches(transport(ONE, files("one", "node", "authority", true)), called, "https"))
                .isFalse();
        files("two", "renewed", "authority", true);
        assertThat(reaches(transport(ONE, files("three", "node", "authority", true)), called, "https"))
                .isTrue();
    }

    @Test
    void aNewAuthorityIsTrustedWithoutARestart() throws IOException {
        GrpcTransport called = transport(TWO, files("two", "node", "authority", true));
        TlsFiles one = files("one", "stranger", "authority", true);
        assertThat(reaches(transport(ONE, one), called, "https")).isFalse();
        files("two", "node", "other-authority", true);
        assertThat(reaches(transport(ONE, one), called, "https")).isTrue();
    }

    @Test
    void filesThatDoNotFitLeaveTheOldOnesInForce() throws IOException {
        TlsFiles files = files("two", "node", "authority", true);
        GrpcTransport called = transport(TWO, files);
        copy("renewed.pem", files.certificateChain());
        assertThat(reaches(transport(ONE, files("one", "node", "authority", true)), called, "https"))
                .isTrue();
    }

    @Test
    void everyCommonFormOfAKeyIsRead() {
        for (String form : List.of("node", "renewed", "rsa")) {
            assertThatCode(() -> new ReloadingTls(files(form, form, "authority", true)))
                    .as(form)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws IOException {
        TlsFiles files = files("bad", "node", "authority", true);
        copy("renewed.key", files.privateKey());
        assertThatThrownBy(() -> new ReloadingTls(files))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("bad.key is not that of the certificate in");
        Files.writeString(files.privateKey(), "nothing");
        assertThatThrownBy(() -> new ReloadingTls(files)).hasMessageContaining("bad.key holds no private key");
        Files.delete(files.certificateChain());
        assertThatThrownBy(() -> new ReloadingTls(files)).hasMessageContaining("bad.pem does not exist");
    }

    @Test
    void aClusterRunsOverMutualTls() throws IOException {
        TlsFiles files = files("all", "node", "authority", true);
        NodeOptions options = NodeOptions.DEFAULTS.withElectionTimeout(Duration.ofMillis(500));
        try (Cluster cluster = new Cluster(directory, options, 3, "https", builder -> builder.tls(files)).startAll()) {
            cluster.put("k", "v");
            cluster.untilEqualEverywhere();
        }
    }
}
