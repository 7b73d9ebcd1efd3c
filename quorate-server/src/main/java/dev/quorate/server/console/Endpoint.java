package dev.quorate.server.console;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The address of a server: {@code host:port} or {@code http://host:port}, with an IPv6 host in brackets.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 lets a listener choose a free one
 */
public record Endpoint(String host, int port) {
    private static final int PORT_MAX = 65_535;

    public Endpoint {
        if (host.isEmpty() || port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("bad address " + host + ":" + port);
        }
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Endpoint parse(String text) {
        String address = text.strip();
        if (address.startsWith("https://")) {
            throw new IllegalArgumentException("'" + text + "': TLS is not supported, use http://");
        }
        URI uri;
        try {
            uri = new URI(address.startsWith("http://") ? address : "http://" + address);
        } catch (URISyntaxException malformed) {
            throw bad(text);
        }
        boolean more = uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null;
        String path = uri.getRawPath();
        if (more || uri.getHost() == null || uri.getPort() < 0 || !(path.isEmpty() || path.equals("/"))) {
            throw bad(text);
        }
        String host = uri.getHost();
        if (uri.getPort() > PORT_MAX) {
            throw bad(text);
        }
        return new Endpoint(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("'" + text + "' is not an address: expected host:port or http://host:port");
    }

    /** The address as a URL. */
    public String url() {
        return "http://" + this;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
