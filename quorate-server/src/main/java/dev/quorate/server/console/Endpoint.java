package dev.quorate.server.console;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The address of a server: {@code host:port}, {@code http://host:port} or {@code https://host:port}, with an IPv6 host
 * in brackets.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 lets a listener choose a free one
 * @param tls true for https
 */
public record Endpoint(String host, int port, boolean tls) {
    private static final int PORT_MAX = 65_535;

    public Endpoint {
        if (host.isEmpty() || port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("bad address " + host + ":" + port);
        }
    }

    /** An address in plain text. */
    public Endpoint(String host, int port) {
        this(host, port, false);
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Endpoint parse(String text) {
        String address = text.strip();
        boolean tls = address.startsWith("https://");
        URI uri;
        try {
            uri = new URI(tls || address.startsWith("http://") ? address : "http://" + address);
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
        return new Endpoint(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort(), tls);
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("'" + text + "' is not an address: expected host:port or http://host:port");
    }

    /** The address as a URL. */
    public String url() {
        return (tls ? "https://" : "http://") + this;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
