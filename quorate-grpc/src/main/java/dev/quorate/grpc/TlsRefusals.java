package dev.quorate.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who called the peer port and got no further than TLS, and why: without a certificate, with one of another
 * authority, in plain text. gRPC closes such connections without a word. One line a minute for a host and a kind of
 * failure. Owned by the network thread.
 *
 * <pre>
 *   listening channel ─► this: a new connection gets a handler in front of those of gRPC
 *   connection ─► first bytes: its TLS is asked to tell how the handshake ends, the handler goes ─► TLS ─► HTTP/2
 * </pre>
 */
final class TlsRefusals extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsRefusals.class);

    private final Wiring wiring;

    /** In front of one listening channel. */
    TlsRefusals(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void channelRead(ChannelHandlerContext listening, Object connection) {
        ((Channel) connection).pipeline().addFirst(new FirstBytes());
        listening.fireChannelRead(connection);
    }

    /** Stays in a connection until something arrives; then the handlers of gRPC are there. */
    private final class FirstBytes extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext connection, Object bytes) {
            SslHandler tls = connection.pipeline().get(SslHandler.class);
            if (tls != null) {
                SocketAddress from = connection.channel().remoteAddress();
                var unused = tls.handshakeFuture().addListener(handshake -> {
                    Throwable failure = handshake.cause();
                    if (failure != null) {
                        refused(from, failure);
                    }
                });
            }
            connection.pipeline().remove(this);
            connection.fireChannelRead(bytes);
        }
    }

    private void refused(SocketAddress from, Throwable failure) {
        // Not by the message, in which there may be what the caller has sent.
        String kind = failure.getClass().getSimpleName();
        if (wiring.notices().isDue("no TLS with " + RemoteHost.of(from) + " " + kind)) {
            LOG.warn(
                    "peer refused, no TLS with it node={} from={} reason={} text={}",
                    wiring.self(),
                    from,
                    kind,
                    failure instanceof NotSslRecordException ? "it does not speak TLS" : RootCause.of(failure));
        }
    }
}
