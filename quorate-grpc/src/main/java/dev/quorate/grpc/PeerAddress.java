package dev.quorate.grpc;

import dev.quorate.spi.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;

/**
 * The address of a member as the transport reads it: peer URLs with commas between them, which are tried in turn, and
 * perhaps a {@code ;} with attributes behind it that are for others, as in
 * {@code http://127.0.0.1:2380,http://127.0.0.1:3380;name=a}.
 *
 * @param urls none when the member cannot be called, and only answered
 */
record PeerAddress(List<PeerUrl> urls) {
    /** An address that leads nowhere. */
    static final PeerAddress NONE = new PeerAddress(List.of());

    /** The most URLs of one member. */
    static final int URLS_MAX = 16;

    PeerAddress {
        urls = List.copyOf(urls);
    }

    /** The address in this text, none when it is empty; {@link InvalidRequestException} when it is not understood. */
    static PeerAddress parse(String text) {
        int end = text.indexOf(';');
        String urls = (end < 0 ? text : text.substring(0, end)).strip();
        if (urls.isEmpty()) {
            return NONE;
        }
        String[] parts = urls.split(",", -1);
        if (parts.length > URLS_MAX) {
            throw new InvalidRequestException("a peer address of " + parts.length + " URLs, the limit is " + URLS_MAX);
        }
        List<PeerUrl> parsed = new ArrayList<>(parts.length);
        for (String part : parts) {
            parsed.add(PeerUrl.parse(part));
        }
        return new PeerAddress(parsed);
    }
}
