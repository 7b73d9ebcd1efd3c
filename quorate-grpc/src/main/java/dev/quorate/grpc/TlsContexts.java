package dev.quorate.grpc;

import dev.quorate.spi.InvalidRequestException;
import dev.quorate.tls.ReloadingTls;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;

/** The TLS of gRPC over the certificates of a node. */
final class TlsContexts {
    private TlsContexts() {}

    /** For the peer port, for good: the certificates behind it change. Members are let in, clients are not. */
    static SslContext server(ReloadingTls tls) {
        ClientAuth demanded = tls.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.NONE;
        return build(GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keyManager()))
                .trustManager(new MemberTrust(tls.trustManager()))
                .clientAuth(demanded));
    }

    /** For one connection: a context that is used again could resume a session that an older certificate began. */
    static SslContext client(ReloadingTls tls) {
        return build(
                GrpcSslContexts.forClient().trustManager(tls.trustManager()).keyManager(tls.keyManager()));
    }

    private static SslContext build(SslContextBuilder builder) {
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new InvalidRequestException("TLS cannot be spoken with these certificates: " + e.getMessage());
        }
    }
}
