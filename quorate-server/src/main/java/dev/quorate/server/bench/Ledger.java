package dev.quorate.server.bench;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of the writes of each key, from all parts of a run.
 *
 * <p>A server has kept its word when a key of which writes were acknowledged is there, was last changed at or after the
 * newest of them, holds its value when it was that one, and has been changed at least as often as was acknowledged: the
 * count finds a lost write below a newer one, too.
 *
 * <p>Any thread.
 */
final class Ledger {
    private final KeySpace space;
    private final long[] revisions;
    private final long[] tickets;
    private final int[] writes;
    private final long[] seen;
    private long lastTicket;
    private long acknowledged;

    Ledger(KeySpace space) {
        this.space = space;
        revisions = new long[space.keys()];
        tickets = new long[space.keys()];
        writes = new int[space.keys()];
        seen = new long[space.keys()];
    }

    /** A number for a write that no other has. */
    synchronized long nextTicket() {
        return ++lastTicket;
    }

    /** The server says that a write is done, and made this revision. */
    synchronized void acknowledge(int key, long ticket, long revision) {
        acknowledged++;
        writes[key]++;
        if (revision > revisions[key]) {
            revisions[key] = revision;
            tickets[key] = ticket;
        }
        saw(key, revision);
    }

    /** The server says that a key was last changed at this revision; 0 when it is not there. */
    synchronized void saw(int key, long revision) {
        // An answer that was overtaken is older than what is known; 0 has no order, and is corrected by the next one.
        seen[key] = revision == 0 ? 0 : Math.max(seen[key], revision);
    }

    /** The last revision that was seen of a key. */
    synchronized long seen(int key) {
        return seen[key];
    }

    /**
     * The newest revision of a key that was acknowledged: no linearizable read that begins now may see an older one.
     */
    synchronized long acknowledged(int key) {
        return revisions[key];
    }

    /** How many writes were acknowledged. */
    synchronized long writes() {
        return acknowledged;
    }

    /** True when a write of this key was acknowledged. */
    synchronized boolean isWritten(int key) {
        return writes[key] > 0;
    }

    /** What is wrong with what the server holds under a key, null for nothing at all; empty when all is well. */
    synchronized Optional<String> problem(int key, @Nullable KeyValue found) {
        if (writes[key] == 0) {
            return Optional.empty();
        }
        String name = space.key(key).toStringUtf8();
        if (found == null) {
            return Optional.of(say("%s is missing, acknowledged at revision %d", name, revisions[key]));
        }
        if (found.getModRevision() < revisions[key]) {
            return Optional.of(
                    say("%s is of revision %d, acknowledged was %d", name, found.getModRevision(), revisions[key]));
        }
        if (found.getVersion() < writes[key]) {
            return Optional.of(
                    say("%s has version %d, acknowledged were %d writes", name, found.getVersion(), writes[key]));
        }
        ByteString value = found.getValue();
        boolean right = found.getModRevision() == revisions[key]
                ? value.equals(space.value(key, tickets[key]))
                : space.isValueOf(key, value);
        return right ? Optional.empty() : Optional.of(say("%s holds what was not written to it", name));
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
