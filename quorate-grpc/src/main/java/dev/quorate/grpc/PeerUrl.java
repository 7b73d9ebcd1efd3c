package dev.quorate.grpc;

import dev.quorate.spi.InvalidRequestException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where one peer port is: {@code http://host:port} in plain text, {@code https://host:port} by TLS.
 *
 * @param host a name or an address; an IPv6 address without brackets
 */
record PeerUrl(boolean tls, String host, int port) {
    private static final int PORT_MAX = 65535;

    /** The URL that this text is; {@link InvalidRequestException} when it is none. */
    static PeerUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw refused(text, e.getReason());
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused(text, "it must begin with http:// or https://");
        }
        if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > PORT_MAX) {
            throw refused(text, "it must name a host and a port from 1 to " + PORT_MAX);
        }
        boolean bare = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
        if (!bare || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
            throw refused(text, "it must end behind the port");
        }
        String host = uri.getHost();
        boolean bracketed = host.startsWith("[");
        return new PeerUrl(
                scheme.equals("https"), bracketed ? host.substring(1, host.length() - 1) : host, uri.getPort());
    }

    /** True when nothing leaves this machine on the way there, judged by the text alone. */
    boolean isLoopback() {
        return isLoopback(host);
    }

    /** True for the names and addresses of this machine itself. */
    static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1");
    }

    private static InvalidRequestException refused(String text, String reason) {
        return new InvalidRequestException("peer URL '" + text.strip() + "' is not understood: " + reason);
    }

    @Override
    public String toString() {
        String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return (tls ? "https://" : "http://") + bracketed + ":" + port;
    }
}
