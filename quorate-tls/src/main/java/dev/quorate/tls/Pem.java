package dev.quorate.tls;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.InvalidRequestException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads PEM files. What is wrong with one is said with its name, in an {@link InvalidRequestException}. */
final class Pem {
    private static final Logger LOG = LoggerFactory.getLogger(Pem.class);
    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA");
    /** Java has keys of these kinds, but the OpenSSL beneath the ports shows no certificate with them. */
    private static final List<String> OTHER_ALGORITHMS = List.of("EdDSA");

    private static final byte[] RSA = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
    private static final byte[] EC = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
    private static final byte[] NULL = {5, 0};
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OID = 0x06;
    private static final int CURVE_TAG = 0xa0;

    private Pem() {}

    private record Block(String type, Bytes content) {}

    /** The certificates of a file in their order, at least one. */
    static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.type().equals("CERTIFICATE")) {
                certificates.add(certificate(file, block.content().toByteArray()));
            }
        }
        if (certificates.isEmpty()) {
            throw new InvalidRequestException(file + " holds no certificate");
        }
        return certificates;
    }

    /** The private key of a file. */
    static PrivateKey privateKey(Path file) {
        for (Block block : blocks(file)) {
            byte[] content = block.content().toByteArray();
            switch (block.type()) {
                case "PRIVATE KEY" -> {
                    return key(file, content);
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, pkcs8(join(RSA, NULL), content));
                }
                case "EC PRIVATE KEY" -> {
                    return key(file, pkcs8(join(EC, curve(file, content)), content));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new InvalidRequestException(file + " holds an encrypted key: decrypt it first");
                default -> {
                    // Something else may stand in front of the key, its parameters for one.
                }
            }
        }
        throw new InvalidRequestException(file + " holds no private key");
    }

    private static List<Block> blocks(Path file) {
        Matcher matcher = BLOCK.matcher(text(file));
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            try {
                blocks.add(new Block(
                        matcher.group(1), Bytes.wrap(Base64.getMimeDecoder().decode(matcher.group(2)))));
            } catch (IllegalArgumentException e) {
                throw new InvalidRequestException(file + " is not in PEM: " + e.getMessage());
            }
        }
        return blocks;
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new InvalidRequestException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new InvalidRequestException(file + " does not exist");
        } catch (IOException e) {
            throw new InvalidRequestException(file + " cannot be read: " + e.getMessage());
        }
    }

    private static X509Certificate certificate(Path file, byte[] content) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new InvalidRequestException(file + " holds a certificate that is not understood: " + e.getMessage());
        }
    }

    private static PrivateKey key(Path file, byte[] pkcs8) {
        for (String algorithm : KEY_ALGORITHMS) {
            PrivateKey key = keyOf(algorithm, file, pkcs8);
            if (key != null) {
                return key;
            }
        }
        for (String algorithm : OTHER_ALGORITHMS) {
            if (keyOf(algorithm, file, pkcs8) != null) {
                throw new InvalidRequestException(file + " holds a key of the kind " + algorithm
                        + ", with which TLS does not work here; the kinds that work are RSA and EC");
            }
        }
        throw new InvalidRequestException(
                file + " holds a key that is not understood; the kinds that work are RSA and EC");
    }

    /** The key; null when it is none of this kind. */
    private static @Nullable PrivateKey keyOf(String algorithm, Path file, byte[] pkcs8) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException notOfThisKind) {
            LOG.trace("not a key of {}", algorithm, notOfThisKind);
            return null;
        } catch (GeneralSecurityException e) {
            throw new InvalidRequestException(file + ": this JVM has no keys of " + algorithm);
        }
    }

    /** Puts an RSA or EC key of the older form into the common one (RFC 5958). */
    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, join(join(VERSION_0, der(SEQUENCE, algorithm)), der(OCTETS, key)));
    }

    /** The identifier of the curve in an EC key (RFC 5915): the first thing that is tagged with 0. */
    private static byte[] curve(Path file, byte[] key) {
        for (int at = 0; at + 3 < key.length; at++) {
            int length = key[at + 1];
            boolean tagged = Byte.toUnsignedInt(key[at]) == CURVE_TAG && key[at + 2] == OID;
            if (tagged && length > 2 && at + 2 + length <= key.length && key[at + 3] == length - 2) {
                byte[] curve = new byte[length];
                System.arraycopy(key, at + 2, curve, 0, length);
                return curve;
            }
        }
        throw new InvalidRequestException(file + " holds an EC key that does not name its curve");
    }

    private static byte[] oid(int... bytes) {
        byte[] content = new byte[bytes.length];
        for (int place = 0; place < bytes.length; place++) {
            content[place] = (byte) bytes[place];
        }
        return der(OID, content);
    }

    /** A value in DER: tag, length, content. */
    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >>> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
