package dev.quorate.grpc;

import dev.quorate.spi.InvalidRequestException;

/**
 * Where plain text may be spoken. A node with certificates speaks none: who could change an address on its way, or in
 * the membership, would have the log in the clear. One without speaks it on the loopback addresses always, elsewhere
 * only when somebody asked for it.
 *
 * @param allowed true when somebody asked for it
 * @param hasTls true when this node has certificates to speak TLS with
 */
record PlaintextRule(boolean allowed, boolean hasTls) {
    /** Throws {@link InvalidRequestException} when this URL would carry plain text where it must not. */
    void check(PeerUrl url) {
        if (url.tls() && !hasTls) {
            throw new InvalidRequestException(url + " needs certificates, and this node was given none");
        }
        if (!url.tls() && hasTls) {
            throw new InvalidRequestException(url
                    + " would carry the cluster's data in plain text, and this node has certificates: the member needs"
                    + " an address with https://");
        }
        if (!url.tls() && !allowed && !url.isLoopback()) {
            throw refused(url.toString());
        }
    }

    /** The same for a port of this node's own that is not behind TLS. */
    void checkListening(String host, int port) {
        if (!hasTls && !allowed && !PeerUrl.isLoopback(host)) {
            throw refused("listening on " + host + ":" + port);
        }
    }

    private static InvalidRequestException refused(String what) {
        return new InvalidRequestException(
                what + " would carry the cluster's data in plain text over a network: use TLS"
                        + " (https://, and certificates), or allow plain text explicitly");
    }
}
