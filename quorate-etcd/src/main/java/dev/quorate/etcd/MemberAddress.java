package dev.quorate.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a member's address in the membership says: where its peers reach it, and what the member tells of itself once it
 * has started. As text:
 *
 * <pre>
 *   URL,URL                                               a member that has not started yet
 *   URL,URL;name=NAME;client=URL,URL                      one that has
 *   URL;vote=due                                          one that is to get a vote as soon as it has caught up
 * </pre>
 *
 * The transport needs nothing behind the first semicolon. The fields come in the order name, client, vote; one without
 * a value is left out.
 *
 * @param peerUrls where peers reach the member; none in a cluster whose transport needs no addresses
 * @param name what its operator calls it; "" before it has started
 * @param clientUrls where clients reach it; none before it has started
 * @param voteDue true for a learner that is to become a voter by itself
 */
public record MemberAddress(List<String> peerUrls, String name, List<String> clientUrls, boolean voteDue) {
    /** The longest text, in bytes of UTF-8: what a membership takes for one member. */
    public static final int BYTES_MAX = 1024;

    private static final String NAME = "name=";
    private static final String CLIENT = "client=";
    private static final String VOTE_DUE = "vote=due";
    private static final int PORT_MAX = 65_535;

    public MemberAddress {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
        peerUrls.forEach(MemberAddress::requireUrl);
        clientUrls.forEach(MemberAddress::requireUrl);
        requireName(name);
    }

    /** A member that is known by its peer URLs alone. */
    public static MemberAddress ofPeers(List<String> peerUrls) {
        return new MemberAddress(peerUrls, "", List.of(), false);
    }

    /**
     * Reads an address; the inverse of {@link #text}.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static MemberAddress parse(String text) {
        String[] fields = text.split(";", -1);
        List<String> peers = urls(fields[0]);
        String name = "";
        List<String> clients = List.of();
        boolean voteDue = false;
        int next = 1;
        if (next < fields.length && fields[next].startsWith(NAME)) {
            name = fields[next++].substring(NAME.length());
        }
        if (next < fields.length && fields[next].startsWith(CLIENT)) {
            clients = urls(fields[next++].substring(CLIENT.length()));
        }
        if (next < fields.length && fields[next].equals(VOTE_DUE)) {
            voteDue = true;
            next++;
        }
        if (next < fields.length) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not the address of a member: '" + fields[next] + "' is not expected there");
        }
        MemberAddress address = new MemberAddress(peers, name, clients, voteDue);
        if (!address.text().equals(text)) {
            throw new IllegalArgumentException("'" + text + "' is not the address of a member: a field is empty");
        }
        return address;
    }

    /** The address as a membership holds it. */
    public String text() {
        StringBuilder text = new StringBuilder(String.join(",", peerUrls));
        if (!name.isEmpty()) {
            text.append(';').append(NAME).append(name);
        }
        if (!clientUrls.isEmpty()) {
            text.append(';').append(CLIENT).append(String.join(",", clientUrls));
        }
        if (voteDue) {
            text.append(';').append(VOTE_DUE);
        }
        return text.toString();
    }

    /** The same member at other peer URLs. */
    public MemberAddress withPeerUrls(List<String> urls) {
        return new MemberAddress(urls, name, clientUrls, voteDue);
    }

    /** The same member with what it tells of itself. */
    public MemberAddress withSelf(String itsName, List<String> itsClientUrls) {
        return new MemberAddress(peerUrls, itsName, itsClientUrls, voteDue);
    }

    /** The same member, to get a vote by itself or not. */
    public MemberAddress withVoteDue(boolean due) {
        return new MemberAddress(peerUrls, name, clientUrls, due);
    }

    /** True once the member has told its name. */
    public boolean hasStarted() {
        return !name.isEmpty();
    }

    /**
     * Checks a URL: {@code http} or {@code https}, a host and a port, nothing else.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static void requireUrl(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException malformed) {
            throw bad(url);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean more = uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || !(uri.getRawPath() == null || uri.getRawPath().isEmpty());
        boolean named = uri.getHost() != null && uri.getPort() > 0 && uri.getPort() <= PORT_MAX;
        if (!(scheme.equals("http") || scheme.equals("https")) || more || !named || url.contains(";")) {
            throw bad(url);
        }
    }

    /**
     * Checks a name: visible characters without comma, semicolon and equals sign, because lists of members are written
     * with these.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static void requireName(String name) {
        boolean readable =
                name.chars().allMatch(c -> c > ' ' && c != ',' && c != ';' && c != '=' && !Character.isISOControl(c));
        if (!readable) {
            throw new IllegalArgumentException("'" + name
                    + "' is not a name of a member: blanks, commas, semicolons and equals signs are not allowed");
        }
    }

    private static List<String> urls(String list) {
        List<String> urls = new ArrayList<>();
        if (!list.isEmpty()) {
            for (String url : list.split(",", -1)) {
                urls.add(url);
            }
        }
        return urls;
    }

    private static IllegalArgumentException bad(String url) {
        return new IllegalArgumentException(
                "'" + url + "' is not the URL of a member: expected http://host:port or https://host:port");
    }
}
