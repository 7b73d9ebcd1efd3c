package dev.quorate.server.node;

import dev.quorate.etcd.MemberAddress;
import dev.quorate.raft.NodeId;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NodeIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The members that form a new cluster, as each of their servers is told. All servers that are told the same agree on
 * every id without a word to each other:
 *
 * <pre>
 *   id of a member  = first 8 bytes of SHA-256("member"  · token · its peer URLs, sorted)
 *   id of a cluster = first 8 bytes of SHA-256("cluster" · token · the peer URLs of all, sorted)
 *                     with · "snapshot" · its SHA-256 behind that, for one that begins with a saved snapshot
 * </pre>
 *
 * where each part is preceded by its length. The ids are drawn once: they stay when the URLs change later.
 *
 * @param token tells clusters apart that have the same members
 * @param members the peer URLs of each, by name
 */
record InitialCluster(String token, SortedMap<String, List<String>> members) {
    /**
     * Reads {@code NAME=URL,NAME=URL}; a name may come more than once, with one URL each time.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static InitialCluster parse(String token, List<String> parts) {
        SortedMap<String, List<String>> members = new TreeMap<>();
        TreeSet<String> all = new TreeSet<>();
        for (String part : parts) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? "" : part.substring(0, equals).strip();
            String url = equals < 0 ? "" : part.substring(equals + 1).strip();
            if (name.isEmpty() || url.isEmpty()) {
                throw new IllegalArgumentException("'" + part + "' is not NAME=URL");
            }
            MemberAddress.requireName(name);
            MemberAddress.requireUrl(url);
            if (!all.add(url)) {
                throw new IllegalArgumentException("the URL " + url + " is there twice");
            }
            members.computeIfAbsent(name, absent -> new ArrayList<>()).add(url);
        }
        return new InitialCluster(token, members);
    }

    /** Makes sure that this member is among them, at these URLs. */
    void requireMember(String name, List<String> peerUrls) {
        List<String> listed = members.get(name);
        if (listed == null) {
            throw CommandFailedException.usage("--initial-cluster has no member '" + name
                    + "', which is the --name of this one; it has " + String.join(", ", members.keySet()));
        }
        if (!new TreeSet<>(listed).equals(new TreeSet<>(peerUrls))) {
            throw CommandFailedException.usage("--initial-cluster has " + name + " at " + String.join(",", listed)
                    + ", and --initial-advertise-peer-urls says " + String.join(",", peerUrls));
        }
    }

    /** The identity of a member. */
    NodeIdentity identity(String name) {
        return new NodeIdentity(id(clusterParts()), nodeId(name));
    }

    /**
     * The identity of a member of a cluster that begins with a saved snapshot. It is another cluster for each snapshot,
     * so that members that were restored from different ones, or never, do not take each other for their own.
     */
    NodeIdentity identity(String name, Bytes snapshotSha256) {
        List<String> parts = clusterParts();
        parts.add("snapshot");
        parts.add(HexFormat.of().formatHex(snapshotSha256.toByteArray()));
        return new NodeIdentity(id(parts), nodeId(name));
    }

    private List<String> clusterParts() {
        List<String> parts = new ArrayList<>(List.of("cluster", token));
        TreeSet<String> all = new TreeSet<>();
        members.values().forEach(all::addAll);
        parts.addAll(all);
        return parts;
    }

    /** The addresses of all, as the first membership of the cluster holds them. */
    Map<NodeId, String> addresses() {
        Map<NodeId, String> addresses = new TreeMap<>();
        members.forEach(
                (name, urls) -> addresses.put(nodeId(name), new MemberAddress(urls, name, List.of(), false).text()));
        return addresses;
    }

    private NodeId nodeId(String name) {
        List<String> parts = new ArrayList<>(List.of("member", token));
        parts.addAll(new TreeSet<>(members.getOrDefault(name, List.of())));
        return NodeId.of(id(parts));
    }

    private static long id(List<String> parts) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        long id = ByteBuffer.wrap(digest.digest()).getLong();
        return id == 0 ? 1 : id;
    }
}
