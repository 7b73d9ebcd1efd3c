package dev.quorate.grpc;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The host that somebody calls from, which is the one thing about it that it cannot choose each time. */
final class RemoteHost {
    private RemoteHost() {}

    /** Its address without the port. */
    static String of(@Nullable SocketAddress from) {
        return from instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(from);
    }
}
