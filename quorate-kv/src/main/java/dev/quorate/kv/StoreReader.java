package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what {@link FrozenStore} wrote into an empty table. Whatever is wrong with it is an {@link IOException} that
 * says where; nothing is allocated for a length before it was found possible.
 */
final class StoreReader {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int FORMAT_MASK = 0xffff;
    private static final int CONTINUED = 0x80;

    private final InputStream in;
    private final KvTable table;
    private final ContentDigest digest = new ContentDigest();
    private long at;
    private long revision;
    private long compacted;
    private long timeMillis;
    private Bytes lastKey = Bytes.EMPTY;
    private long lastRevision;
    private long pairs;
    private long changes;

    StoreReader(InputStream in, KvTable table) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
        this.table = table;
    }

    /** Reads everything and publishes it. */
    void read() throws IOException {
        long magic = fixed();
        if ((magic & ~FORMAT_MASK) != FrozenStore.MAGIC) {
            throw new IOException("this is no snapshot of the store");
        }
        int format = (int) (magic & FORMAT_MASK);
        if (format != FrozenStore.FORMAT) {
            throw new IOException("a snapshot of format " + format + ", this version reads " + FrozenStore.FORMAT);
        }
        revision = fixed();
        compacted = fixed();
        timeMillis = fixed();
        long low = fixed();
        long high = fixed();
        check(
                revision >= 1 && compacted >= 0 && compacted <= revision && timeMillis >= 0,
                "the header contradicts itself");
        int kind = octet();
        for (; kind == FrozenStore.PAIR; kind = octet()) {
            pair();
        }
        if (compacted > 0) {
            table.compact(compacted);
        }
        lastRevision = compacted;
        for (; kind == FrozenStore.PUT || kind == FrozenStore.DELETE; kind = octet()) {
            change(kind == FrozenStore.PUT);
        }
        check(kind == FrozenStore.END, "an unknown record");
        check(number() == pairs && number() == changes, "records are missing");
        check(in.read() == -1, "there is something behind the end");
        check(digest.low() == low && digest.high() == high, "the content does not match its digest");
        table.publish(revision);
        table.drainChanges(change -> {});
    }

    /** The store revision that was read. */
    long revision() {
        return revision;
    }

    /** The compaction that was read. */
    long compacted() {
        return compacted;
    }

    /** The cluster time that was read. */
    long timeMillis() {
        return timeMillis;
    }

    /** The digest of what was read. */
    ContentDigest digest() {
        return digest;
    }

    private void pair() throws IOException {
        Bytes key = bytes();
        check(key.compareTo(lastKey) > 0, "a key out of order");
        long create = number();
        long mod = number();
        long version = number();
        long lease = number();
        check(create >= 1 && create <= mod && mod <= compacted, "impossible revisions");
        check(version >= 1 && version <= mod - create + 1, "an impossible version");
        KvPair pair = new KvPair(key, create, mod, version, bytes(), lease);
        table.load(pair);
        digest.put(pair, null);
        lastKey = key;
        pairs++;
    }

    private void change(boolean puts) throws IOException {
        Bytes key = bytes();
        long at = number();
        check(!key.isEmpty() && at > compacted && at >= lastRevision && at <= revision, "an impossible change");
        KvPair old = table.newest(key);
        if (puts) {
            long lease = number();
            Bytes value = bytes();
            KvPair pair = old == null
                    ? new KvPair(key, at, at, 1, value, lease)
                    : new KvPair(old.key(), old.createRevision(), at, old.version() + 1, value, lease);
            table.put(pair);
            digest.put(pair, old);
        } else {
            if (old == null) {
                throw broken("the end of a key that does not exist");
            }
            table.delete(old.key(), at);
            digest.delete(old, at);
        }
        lastRevision = at;
        changes++;
    }

    private int octet() throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException("the snapshot of the store ends in the middle, at byte " + at);
        }
        at++;
        return octet;
    }

    private long fixed() throws IOException {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << Byte.SIZE) | octet();
        }
        return value;
    }

    private long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = octet();
            value |= (long) (octet & ~CONTINUED) << shift;
            if (octet < CONTINUED) {
                return value;
            }
        }
        throw broken("a number of more than ten bytes");
    }

    private Bytes bytes() throws IOException {
        long length = number();
        check(length >= 0 && length <= KvClient.REQUEST_BYTES_MAX, "an impossible length");
        byte[] array = in.readNBytes((int) length);
        at += array.length;
        if (array.length < length) {
            throw new EOFException("the snapshot of the store ends in the middle, at byte " + at);
        }
        return Bytes.wrap(array);
    }

    private void check(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw broken(otherwise);
        }
    }

    private IOException broken(String what) {
        return new IOException("the snapshot of the store is broken before byte " + at + ": " + what);
    }
}
