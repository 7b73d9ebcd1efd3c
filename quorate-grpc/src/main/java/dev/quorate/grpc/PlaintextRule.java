package dev.quorate.grpc;

import dev.quorate.spi.InvalidRequestException;

/**
 * Where plain text may be spoken: on the loopback addresses always, elsewhere only when somebody asked for it.
 *
 * @param allowed true when somebody asked for it
 */
record PlaintextRule(boolean allowed) {
    /** Throws {@link InvalidRequestException} when this URL would carry plain text where it must not. */
    void check(PeerUrl url) {
        if (!url.tls() && !allowed && !url.isLoopback()) {
            throw refused(url.toString());
        }
    }

    /** The same for a port of this node's own that is not behind TLS. */
    void checkListening(String host, int port) {
        if (!allowed && !PeerUrl.isLoopback(host)) {
            throw refused("listening on " + host + ":" + port);
        }
    }

    private static InvalidRequestException refused(String what) {
        return new InvalidRequestException(
                what + " would carry the cluster's data in plain text over a network: use TLS"
                        + " (https://, and certificates), or allow plain text explicitly");
    }
}
