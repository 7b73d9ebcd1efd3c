package dev.quorate.engine;

import dev.quorate.raft.LoggedMembership;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import java.util.ArrayList;
import java.util.List;

/** The memberships among entries, for the core, which never sees a payload. */
final class LoggedMemberships {
    private LoggedMemberships() {}

    /** Those of these entries, in their order; {@link IllegalArgumentException} when one cannot be read. */
    static List<LoggedMembership> of(List<Entry> entries) {
        List<LoggedMembership> memberships = List.of();
        for (int place = 0; place < entries.size(); place++) {
            Entry entry = entries.get(place);
            if (entry.kind() == EntryKind.MEMBERSHIP) {
                if (memberships.isEmpty()) {
                    memberships = new ArrayList<>();
                }
                memberships.add(new LoggedMembership(entry.index(), MembershipFormat.decode(entry.payload())));
            }
        }
        return memberships;
    }
}
