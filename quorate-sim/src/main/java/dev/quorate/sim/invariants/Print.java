package dev.quorate.sim.invariants;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;

/** The fingerprint of what an entry says. */
final class Print {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** A version, a session, a sequence and the first unanswered one stand before a command in a session. */
    private static final int SESSION_HEADER_BYTES = 1 + 3 * Long.BYTES;

    private Print() {}

    /** The print of what a state machine gets of an entry: the command alone, when it stands in a session. */
    static long ofApplied(Entry entry) {
        if (entry.kind() == EntryKind.SESSION_COMMAND) {
            Bytes command = entry.payload().slice(SESSION_HEADER_BYTES);
            return of(new Entry(entry.id(), EntryKind.COMMAND, command, entry.timeMillis()));
        }
        return of(entry);
    }

    /** Equal for equal entries; different for others, but by accident. */
    static long of(Entry entry) {
        long print = entry.kind().code();
        print = print * SPREAD + entry.payload().hashCode();
        print = (print ^ (print >>> 29)) * SPREAD + entry.payload().length();
        return print * SPREAD + entry.timeMillis();
    }
}
