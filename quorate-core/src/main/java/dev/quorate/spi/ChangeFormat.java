package dev.quorate.spi;

import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes of a {@link MembershipChange} on its way to the leader.
 *
 * <pre>
 *   version 1 │ kind 1 │ count 1 │ for each: id 8, length 2, address in UTF-8        (big endian, sizes in bytes)
 * </pre>
 *
 * A replacement has two nodes, the old one first; an exchange of addresses one node twice, with the expected address
 * first; a set of voters all of them; every other change one.
 */
public final class ChangeFormat {
    private static final byte VERSION = 1;
    private static final int ADDRESS_BYTES_MAX = 1024;

    private static final byte ADD_LEARNER = 1;
    private static final byte ADD_VOTER = 2;
    private static final byte PROMOTE = 3;
    private static final byte DEMOTE = 4;
    private static final byte REMOVE = 5;
    private static final byte REPLACE = 6;
    private static final byte UPDATE_ADDRESS = 7;
    private static final byte VOTERS = 8;
    private static final byte VOTER_IDS = 9;
    private static final byte EXCHANGE_ADDRESS = 10;

    private ChangeFormat() {}

    /** The bytes of this change; {@link IllegalArgumentException} when an address is too long. */
    public static Bytes encode(MembershipChange change) {
        if (change instanceof MembershipChange.AddLearner add) {
            return encode(ADD_LEARNER, Map.of(add.id(), add.address()));
        } else if (change instanceof MembershipChange.AddVoter add) {
            return encode(ADD_VOTER, Map.of(add.id(), add.address()));
        } else if (change instanceof MembershipChange.Promote promote) {
            return encode(PROMOTE, Map.of(promote.id(), ""));
        } else if (change instanceof MembershipChange.Demote demote) {
            return encode(DEMOTE, Map.of(demote.id(), ""));
        } else if (change instanceof MembershipChange.Remove remove) {
            return encode(REMOVE, Map.of(remove.id(), ""));
        } else if (change instanceof MembershipChange.Replace replace) {
            return encode(REPLACE, replace.old(), "", replace.id(), replace.address());
        } else if (change instanceof MembershipChange.ExchangeAddress exchange) {
            return encode(EXCHANGE_ADDRESS, exchange.id(), exchange.from(), exchange.id(), exchange.to());
        } else if (change instanceof MembershipChange.UpdateAddress update) {
            return encode(UPDATE_ADDRESS, Map.of(update.id(), update.address()));
        } else if (change instanceof MembershipChange.Voters voters) {
            return encode(VOTERS, voters.addresses());
        }
        SortedMap<NodeId, String> ids = new TreeMap<>();
        ((MembershipChange.VoterIds) change).ids().forEach(id -> ids.put(id, ""));
        return encode(VOTER_IDS, ids);
    }

    /** The change that these bytes stand for; {@link IllegalArgumentException} when they stand for none. */
    public static MembershipChange decode(Bytes bytes) {
        ByteBuffer in = bytes.asByteBuffer();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("change of membership of unknown version " + version);
            }
            MembershipChange change = decode(in);
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes behind a change of membership");
            }
            return change;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a change of membership cut off at byte " + bytes.length(), e);
        }
    }

    private static MembershipChange decode(ByteBuffer in) {
        byte kind = in.get();
        int count = Byte.toUnsignedInt(in.get());
        boolean several = kind == VOTERS || kind == VOTER_IDS;
        int expected = kind == REPLACE || kind == EXCHANGE_ADDRESS ? 2 : 1;
        if (!several && count != expected) {
            throw new IllegalArgumentException(count + " nodes in a change of membership of kind " + kind);
        }
        if (several) {
            SortedMap<NodeId, String> members = new TreeMap<>();
            for (int left = count; left > 0; left--) {
                NodeId id = NodeId.of(in.getLong());
                members.put(id, address(in));
            }
            return kind == VOTERS ? MembershipChange.voters(members) : MembershipChange.voters(members.keySet());
        }
        NodeId id = NodeId.of(in.getLong());
        String address = address(in);
        return switch (kind) {
            case ADD_LEARNER -> MembershipChange.addLearner(id, address);
            case ADD_VOTER -> MembershipChange.addVoter(id, address);
            case PROMOTE -> MembershipChange.promote(id);
            case DEMOTE -> MembershipChange.demote(id);
            case REMOVE -> MembershipChange.remove(id);
            case REPLACE -> MembershipChange.replace(id, NodeId.of(in.getLong()), address(in));
            case UPDATE_ADDRESS -> MembershipChange.updateAddress(id, address);
            case EXCHANGE_ADDRESS -> exchange(id, address, NodeId.of(in.getLong()), address(in));
            default -> throw new IllegalArgumentException("unknown change of membership " + kind);
        };
    }

    private static MembershipChange exchange(NodeId id, String from, NodeId again, String to) {
        if (!id.equals(again)) {
            throw new IllegalArgumentException("nodes " + id + " and " + again + " in an exchange of one's address");
        }
        return MembershipChange.exchangeAddress(id, from, to);
    }

    private static Bytes encode(byte kind, NodeId first, String firstAddress, NodeId second, String secondAddress) {
        ByteBuffer out = ByteBuffer.allocate(23 + (firstAddress.length() + secondAddress.length()) * 3)
                .put(VERSION)
                .put(kind)
                .put((byte) 2);
        put(out, first, firstAddress);
        put(out, second, secondAddress);
        return Bytes.copyOf(out.flip());
    }

    private static Bytes encode(byte kind, Map<NodeId, String> members) {
        int size = 3;
        for (String address : members.values()) {
            size += 10 + address.length() * 3;
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(VERSION).put(kind).put((byte) members.size());
        members.forEach((id, address) -> put(out, id, address));
        return Bytes.copyOf(out.flip());
    }

    private static void put(ByteBuffer out, NodeId id, String address) {
        byte[] utf8 = address.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > ADDRESS_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the address of node " + id + " has " + utf8.length + " bytes, the limit is " + ADDRESS_BYTES_MAX);
        }
        out.putLong(id.value()).putShort((short) utf8.length).put(utf8);
    }

    private static String address(ByteBuffer in) {
        byte[] address = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(address);
        return new String(address, StandardCharsets.UTF_8);
    }
}
