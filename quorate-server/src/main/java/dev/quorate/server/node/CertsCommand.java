package dev.quorate.server.node;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate certs DIR}. The JDK's own keytool makes the keys and signs; what it makes is written as PEM. */
@Command(
        name = "certs",
        mixinStandardHelpOptions = true,
        description = {
            "Makes an authority and certificates for a cluster that is tried out, not for one that is to be safe: the"
                    + " key of the authority is thrown away, so that nothing can be added later. In DIR then:",
            "",
            "  ca.pem                      for --trusted-ca-file, --peer-trusted-ca-file and --cacert",
            "  server.pem, server.key      for --cert-file, --key-file and the same of --peer",
            "  client.pem, client.key      for --cert and --key; no member, as it lacks serverAuth",
        })
public final class CertsCommand implements Callable<Integer> {
    private static final int DAYS = 365;
    private static final int LINE = 64;
    private static final long PATIENCE_SECONDS = 120;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIR", description = "Where to write them; made when it does not exist.")
    private Path directory = Path.of("");

    @Option(
            names = "--hosts",
            split = ",",
            paramLabel = "HOST",
            defaultValue = "localhost,127.0.0.1,::1",
            description = "The names and addresses of the servers (default: ${DEFAULT-VALUE}).")
    private List<String> hosts = List.of();

    public CertsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        for (String name : List.of("ca.pem", "server.pem", "server.key", "client.pem", "client.key")) {
            if (Files.exists(directory.resolve(name))) {
                throw new CommandFailedException(directory.resolve(name) + " exists; nothing was made");
            }
        }
        String password = UUID.randomUUID().toString();
        try {
            Files.createDirectories(directory);
            Path holder = Files.createTempDirectory("quorate-certs");
            Path store = holder.resolve("all.p12");
            try {
                make(store, password);
                write(store, password);
            } finally {
                Files.deleteIfExists(store);
                Files.deleteIfExists(holder);
            }
        } catch (IOException failed) {
            throw new CommandFailedException("cannot make certificates in " + directory + ": " + failed.getMessage());
        }
        terminal.line("Certificates for " + String.join(", ", hosts) + " are in " + directory + ", valid for " + DAYS
                + " days");
        return 0;
    }

    private void make(Path store, String password) throws IOException {
        keytool(store, password, "ca", "CN=Quorate development authority", List.of("-ext", "bc:c"));
        List<String> names = new ArrayList<>();
        for (String host : hosts) {
            boolean address = host.contains(":") || host.matches("[0-9.]+");
            names.add((address ? "ip:" : "dns:") + host);
        }
        keytool(
                store,
                password,
                "server",
                "CN=quorate",
                List.of(
                        "-signer",
                        "ca",
                        "-ext",
                        "san=" + String.join(",", names),
                        "-ext",
                        "eku=serverAuth,clientAuth"));
        keytool(store, password, "client", "CN=client", List.of("-signer", "ca", "-ext", "eku=clientAuth"));
    }

    private static void keytool(Path store, String password, String alias, String name, List<String> more)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass:env",
                "QUORATE_CERTS_PASSWORD",
                "-alias",
                alias,
                "-dname",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                Integer.toString(DAYS)));
        command.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("QUORATE_CERTS_PASSWORD", password);
        Process keytool = builder.start();
        keytool.getOutputStream().close();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            boolean ended = keytool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended || keytool.exitValue() != 0) {
                keytool.destroyForcibly();
                throw new IOException(
                        "keytool failed: " + said.lines().findFirst().orElse("it said nothing"));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private void write(Path store, String password) throws IOException {
        char[] secret = password.toCharArray();
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, secret);
            write("ca.pem", "CERTIFICATE", List.of(keys.getCertificate("ca").getEncoded()), false);
            for (String alias : List.of("server", "client")) {
                List<byte[]> chain = new ArrayList<>();
                for (Certificate certificate : keys.getCertificateChain(alias)) {
                    chain.add(certificate.getEncoded());
                }
                // The authority itself is what the other side has already.
                write(alias + ".pem", "CERTIFICATE", chain.subList(0, 1), false);
                write(
                        alias + ".key",
                        "PRIVATE KEY",
                        List.of(keys.getKey(alias, secret).getEncoded()),
                        true);
            }
        } catch (GeneralSecurityException unusable) {
            throw new IOException("what keytool made cannot be read: " + unusable.getMessage(), unusable);
        }
    }

    private void write(String name, String type, List<byte[]> blocks, boolean secret) throws IOException {
        StringBuilder pem = new StringBuilder();
        Base64.Encoder encoder = Base64.getMimeEncoder(LINE, new byte[] {'\n'});
        for (byte[] block : blocks) {
            pem.append("-----BEGIN ").append(type).append("-----\n");
            pem.append(encoder.encodeToString(block)).append('\n');
            pem.append("-----END ").append(type).append("-----\n");
        }
        Path file = directory.resolve(name);
        boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
        FileAttribute<?>[] attributes = secret && posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Files.createFile(file, attributes);
        Files.writeString(file, pem, StandardOpenOption.WRITE);
    }
}
