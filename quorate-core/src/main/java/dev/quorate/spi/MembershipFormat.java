package dev.quorate.spi;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bytes of a {@link Membership}: the payload of a {@link EntryKind#MEMBERSHIP} entry, and part of stored metadata.
 *
 * <pre>
 *   version 1 │ voters: count 1, ids 8 each │ outgoing: the same │ learners: the same
 *             │ addresses: count 1, then for each: id 8, length 2, UTF-8          (big endian, sizes in bytes)
 * </pre>
 */
public final class MembershipFormat {
    private static final byte VERSION = 1;
    private static final int ADDRESS_BYTES_MAX = 1024;

    private MembershipFormat() {}

    /** The bytes of this membership; equal memberships have equal bytes. */
    public static Bytes encode(Membership membership) {
        Map<NodeId, byte[]> addresses = new TreeMap<>();
        int size = 5;
        for (Map.Entry<NodeId, String> member : membership.addresses().entrySet()) {
            byte[] address = member.getValue().getBytes(StandardCharsets.UTF_8);
            if (address.length > ADDRESS_BYTES_MAX) {
                throw new IllegalArgumentException("the address of node " + member.getKey() + " has " + address.length
                        + " bytes, the limit is " + ADDRESS_BYTES_MAX);
            }
            addresses.put(member.getKey(), address);
            size += 10 + address.length;
        }
        size += 8
                * (membership.voters().size()
                        + membership.outgoing().size()
                        + membership.learners().size());
        ByteBuffer out = ByteBuffer.allocate(size).put(VERSION);
        putNodes(out, membership.voters());
        putNodes(out, membership.outgoing());
        putNodes(out, membership.learners());
        out.put((byte) addresses.size());
        addresses.forEach((node, address) ->
                out.putLong(node.value()).putShort((short) address.length).put(address));
        return Bytes.wrap(out.array());
    }

    /** The membership that these bytes stand for; {@link IllegalArgumentException} when they stand for none. */
    public static Membership decode(Bytes bytes) {
        ByteBuffer in = bytes.asByteBuffer();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("membership of unknown version " + version);
            }
            SortedSet<NodeId> voters = nodes(in);
            SortedSet<NodeId> outgoing = nodes(in);
            SortedSet<NodeId> learners = nodes(in);
            SortedMap<NodeId, String> addresses = new TreeMap<>();
            for (int left = count(in); left > 0; left--) {
                NodeId node = NodeId.of(in.getLong());
                byte[] address = new byte[Short.toUnsignedInt(in.getShort())];
                in.get(address);
                addresses.put(node, new String(address, StandardCharsets.UTF_8));
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes behind a membership");
            }
            return new Membership(voters, outgoing, learners, addresses);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a membership cut off at byte " + bytes.length(), e);
        }
    }

    private static void putNodes(ByteBuffer out, SortedSet<NodeId> nodes) {
        out.put((byte) nodes.size());
        for (NodeId node : nodes) {
            out.putLong(node.value());
        }
    }

    private static SortedSet<NodeId> nodes(ByteBuffer in) {
        SortedSet<NodeId> nodes = new TreeSet<>();
        for (int left = count(in); left > 0; left--) {
            nodes.add(NodeId.of(in.getLong()));
        }
        return nodes;
    }

    private static int count(ByteBuffer in) {
        int count = Byte.toUnsignedInt(in.get());
        if (count > Membership.MEMBERS_MAX) {
            throw new IllegalArgumentException(count + " members, the limit is " + Membership.MEMBERS_MAX);
        }
        return count;
    }
}
