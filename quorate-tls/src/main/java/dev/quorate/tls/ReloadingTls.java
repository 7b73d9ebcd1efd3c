package dev.quorate.tls;

import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NanoClock;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity and the trust in {@link TlsFiles}, for a TLS engine. The files are looked at when a connection is made,
 * and read again when they have changed: new connections use what is there now, those that are open stay as they are.
 * Files that cannot be used, as while they are being replaced one after the other, leave what was read before in force,
 * and are tried again with the next connection; so does a certificate that is not valid yet, or no longer. One that is
 * there at the start is used whatever its dates are, with a warning. Any thread.
 */
public final class ReloadingTls {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingTls.class);
    /** What is wrong with the files is said again after this time. */
    private static final long SAYING_NANOS = 60_000_000_000L;

    private final TlsFiles files;
    private final NanoClock clock;
    private final X509ExtendedKeyManager keys = new Keys();
    private final X509ExtendedTrustManager trust = new Trust();
    private List<Stamp> stamps;
    private Material material;
    private String said = "";
    private long saidNanos;

    /** What tells one content of a file from another, without reading it. */
    private record Stamp(
            FileTime modified, long size, @Nullable Object inode) {}

    /** What was read, all of it at one time. */
    private record Material(
            String alias, List<X509Certificate> chain, PrivateKey key, X509ExtendedTrustManager trust) {}

    /**
     * Reads the files.
     *
     * @throws InvalidRequestException when they cannot be used; the message names the file
     */
    public ReloadingTls(TlsFiles files) {
        this(files, NanoClock.system());
    }

    /**
     * The same, with another clock to keep the log short by.
     *
     * @throws InvalidRequestException when the files cannot be used; the message names the file
     */
    public ReloadingTls(TlsFiles files, NanoClock clock) {
        this.files = files;
        this.clock = clock;
        this.stamps = stamps(files);
        this.material = read(files, "identity-1");
        X509Certificate own = material.chain().get(0);
        if (!isValidNow(own)) {
            LOG.warn(
                    "certificate not valid now, others will refuse it file={} subject={} notBefore={} notAfter={}",
                    files.certificateChain(),
                    own.getSubjectX500Principal(),
                    own.getNotBefore().toInstant(),
                    own.getNotAfter().toInstant());
        }
    }

    /** Shows the certificate of this node. */
    public X509ExtendedKeyManager keyManager() {
        return keys;
    }

    /** Judges the certificates of others. */
    public X509ExtendedTrustManager trustManager() {
        return trust;
    }

    /** True when who calls must show a certificate. */
    public boolean clientCertificateRequired() {
        return files.clientCertificateRequired();
    }

    private synchronized Material current() {
        List<Stamp> now = stamps(files);
        if (!now.equals(stamps)) {
            try {
                int number = Integer.parseInt(
                        material.alias().substring(material.alias().indexOf('-') + 1));
                Material fresh = read(files, "identity-" + (number + 1));
                requireNoWorse(fresh.chain().get(0), material.chain().get(0));
                material = fresh;
                // Only now, so that files that cannot be used are tried again; what was read is no older than this.
                stamps = now;
                said = "";
                LOG.info(
                        "certificate reloaded file={} subject={} notAfter={}",
                        files.certificateChain(),
                        material.chain().get(0).getSubjectX500Principal(),
                        material.chain().get(0).getNotAfter().toInstant());
            } catch (InvalidRequestException e) {
                notReloaded(String.valueOf(e.getMessage()));
            }
        }
        return material;
    }

    /** Every connection tries again, and may come to the same end. */
    private synchronized void notReloaded(String reason) {
        long now = clock.nanoTime();
        if (!reason.equals(said) || now - saidNanos >= SAYING_NANOS) {
            said = reason;
            saidNanos = now;
            LOG.warn("certificate not reloaded, the one before stays in force reason={}", reason);
        }
    }

    /** The same certificate may come with other authorities, however old it has become. */
    private void requireNoWorse(X509Certificate fresh, X509Certificate former) {
        if (!fresh.equals(former) && !isValidNow(fresh)) {
            throw new InvalidRequestException("the certificate in " + files.certificateChain() + " is not valid now:"
                    + " notBefore=" + fresh.getNotBefore().toInstant() + " notAfter="
                    + fresh.getNotAfter().toInstant());
        }
    }

    /** By the clock that others judge it by. */
    private static boolean isValidNow(X509Certificate certificate) {
        try {
            certificate.checkValidity();
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException notNow) {
            return false;
        }
    }

    private static List<Stamp> stamps(TlsFiles files) {
        return List.of(stamp(files.certificateChain()), stamp(files.privateKey()), stamp(files.trustedAuthorities()));
    }

    private static Stamp stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException notThere) {
            return new Stamp(FileTime.fromMillis(0), -1, null);
        }
    }

    private static Material read(TlsFiles files, String alias) {
        List<X509Certificate> chain = Pem.certificates(files.certificateChain());
        PrivateKey key = Pem.privateKey(files.privateKey());
        requirePair(files, chain.get(0), key);
        return new Material(alias, chain, key, trustIn(files.trustedAuthorities()));
    }

    /** A key of another certificate would fail every connection, with a message that nobody understands. */
    private static void requirePair(TlsFiles files, X509Certificate certificate, PrivateKey key) {
        try {
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
            };
            byte[] text = {1, 2, 3};
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate);
            verifying.update(text);
            if (verifying.verify(signing.sign())) {
                return;
            }
        } catch (GeneralSecurityException differs) {
            LOG.debug("key and certificate do not fit", differs);
        }
        throw new InvalidRequestException(
                "the key in " + files.privateKey() + " is not that of the certificate in " + files.certificateChain());
    }

    private static X509ExtendedTrustManager trustIn(Path file) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : Pem.certificates(file)) {
                store.setCertificateEntry("authority-" + ++number, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new InvalidRequestException("this JVM has no trust manager for X.509");
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidRequestException(file + " cannot be trusted: " + e.getMessage());
        }
    }

    /** Shows the certificate that was read last; an alias is of one reading, so that chain and key fit. */
    private final class Keys extends X509ExtendedKeyManager {
        private @Nullable Material chosen(@Nullable String alias) {
            Material present;
            synchronized (ReloadingTls.this) {
                present = material;
            }
            return present.alias().equals(alias) ? present : null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {current().alias()};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {current().alias()};
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return aliasFor(keyTypes);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return aliasFor(keyType);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return aliasFor(keyTypes);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return aliasFor(keyType);
        }

        /** A server is asked for each kind of key in turn, and must be silent on those that it does not have. */
        private @Nullable String aliasFor(String... keyTypes) {
            Material present = current();
            for (String type : keyTypes) {
                if (type.startsWith(present.key().getAlgorithm())) {
                    return present.alias();
                }
            }
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Material present = chosen(alias);
            return present == null ? null : present.chain().toArray(new X509Certificate[0]);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Material present = chosen(alias);
            return present == null ? null : present.key();
        }
    }

    /** Trusts the authorities that were read last. */
    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current().trust().checkClientTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            current().trust().checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            current().trust().checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current().trust().checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            current().trust().checkServerTrusted(chain, authType, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            current().trust().checkServerTrusted(chain, authType, engine);
        }

        /**
         * None: a server keeps the list that it was built with, and a client whose authority came later would not show
         * its certificate. To name none is to leave the choice to the client (RFC 8446 §4.2.4, RFC 5246 §7.4.4).
         */
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
