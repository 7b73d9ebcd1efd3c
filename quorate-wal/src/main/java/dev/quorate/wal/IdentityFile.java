package dev.quorate.wal;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The file that says whose data a directory holds, written once; numbers are big-endian.
 *
 * <pre>
 *   "QUORATE\n" 8 · format version 4 · membership length 4 · cluster id 8 · node id 8 · membership at first start ·
 *   CRC-32C 4 over all before
 * </pre>
 *
 * @param identity the node
 * @param bootstrap the members at first start
 */
record IdentityFile(NodeIdentity identity, Membership bootstrap) {
    private static final Bytes MAGIC = Bytes.utf8("QUORATE\n");
    private static final int FORMAT_VERSION = 1;
    private static final int FIXED_BYTES = 32;
    private static final int SIZE_MAX = 1 << 20;

    /** Writes the file and syncs it, but not its name. */
    void write(Disk disk, Path path) throws IOException {
        Bytes members = MembershipFormat.encode(bootstrap);
        ByteBuffer all = ByteBuffer.allocate(FIXED_BYTES + members.length() + Integer.BYTES);
        MAGIC.copyTo(all);
        all.putInt(FORMAT_VERSION)
                .putInt(members.length())
                .putLong(identity.clusterId())
                .putLong(identity.nodeId().value());
        members.copyTo(all);
        all.putInt(RecordFormat.crcOf(all, 0, all.position(), new CRC32C()));
        try (DiskFile file = disk.open(path, Open.CREATE)) {
            file.write(all.flip(), 0);
            file.force();
        }
    }

    /**
     * Reads the file; {@link ForeignDirectoryException} when it is not one, or of another format version, or damaged.
     */
    static IdentityFile read(Disk disk, Path path) throws IOException {
        ByteBuffer all;
        try (DiskFile file = disk.open(path, Open.READ)) {
            all = ByteBuffer.allocate((int) Math.min(SIZE_MAX, file.size()));
            file.read(all, 0);
            all.flip();
        }
        byte[] magic = new byte[MAGIC.length()];
        if (all.remaining() < FIXED_BYTES + Integer.BYTES
                || !Bytes.wrap(magic(all, magic)).equals(MAGIC)) {
            throw new ForeignDirectoryException(path + " is not the identity of a Quorate node");
        }
        int version = all.getInt();
        if (version != FORMAT_VERSION) {
            throw new ForeignDirectoryException(
                    path + " has format version " + version + ", this program knows version " + FORMAT_VERSION);
        }
        int length = all.getInt();
        int crcAt = all.limit() - Integer.BYTES;
        if (length != crcAt - FIXED_BYTES || RecordFormat.crcOf(all, 0, crcAt, new CRC32C()) != all.getInt(crcAt)) {
            throw new ForeignDirectoryException(path + " is damaged: its checksum is wrong");
        }
        try {
            NodeIdentity identity = new NodeIdentity(all.getLong(), NodeId.of(all.getLong()));
            byte[] members = new byte[length];
            all.get(members);
            return new IdentityFile(identity, MembershipFormat.decode(Bytes.wrap(members)));
        } catch (IllegalArgumentException e) {
            throw new ForeignDirectoryException(path + " is damaged: " + e.getMessage());
        }
    }

    private static byte[] magic(ByteBuffer from, byte[] target) {
        from.get(target);
        return target;
    }
}
