package dev.quorate.server.console;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * How a client speaks TLS.
 *
 * @param authority the certificates that sign those of servers, in PEM; the system's when not given
 * @param certificate what the client shows, in PEM; nothing when not given
 * @param key the key of that certificate
 */
public record ClientTls(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {
    /** No files: the system's authorities, where an address asks for TLS. */
    public static final ClientTls NONE = new ClientTls(Optional.empty(), Optional.empty(), Optional.empty());

    public ClientTls {
        if (certificate.isPresent() != key.isPresent()) {
            throw CommandFailedException.usage("--cert and --key go together");
        }
    }

    /** True when addresses that do not say https are meant so all the same. */
    boolean isAsked() {
        return authority.isPresent() || certificate.isPresent();
    }

    SslContext context() {
        authority.ifPresent(ClientTls::requireReadable);
        certificate.ifPresent(ClientTls::requireReadable);
        key.ifPresent(ClientTls::requireReadable);
        SslContextBuilder builder = GrpcSslContexts.forClient();
        try {
            authority.ifPresent(file -> builder.trustManager(file.toFile()));
            if (certificate.isPresent() && key.isPresent()) {
                builder.keyManager(certificate.get().toFile(), key.get().toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new CommandFailedException("cannot speak TLS with these files: " + unusable.getMessage());
        }
    }

    private static void requireReadable(Path file) {
        if (!Files.isReadable(file)) {
            throw new CommandFailedException("cannot read " + file);
        }
    }
}
