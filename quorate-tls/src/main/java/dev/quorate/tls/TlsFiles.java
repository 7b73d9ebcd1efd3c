package dev.quorate.tls;

import java.nio.file.Path;

/**
 * The files that a port speaks TLS with, all in PEM.
 *
 * @param certificateChain the certificate of this node, and behind it those that lead to the authority
 * @param privateKey its key, RSA or EC: PKCS#8, or the older forms of the two; not encrypted
 * @param trustedAuthorities the certificates of the authorities that others must be signed by
 * @param clientCertificateRequired true for mutual TLS: who calls must show a certificate too
 */
public record TlsFiles(
        Path certificateChain, Path privateKey, Path trustedAuthorities, boolean clientCertificateRequired) {}
