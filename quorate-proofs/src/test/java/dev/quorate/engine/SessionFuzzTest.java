package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is decoded of client sessions: the payloads of their entries, and their part of a snapshot. */
final class SessionFuzzTest {
    private static final List<EntryKind> KINDS =
            List.of(EntryKind.OPEN_SESSION, EntryKind.CLOSE_SESSION, EntryKind.SESSION_COMMAND);

    @FuzzTest
    void anyBytesAreAnEntryOrRefused(byte[] bytes) {
        Bytes given = Bytes.copyOf(bytes);
        for (EntryKind kind : KINDS) {
            SessionEntry entry;
            try {
                entry = SessionEntry.decode(kind, given);
            } catch (IllegalArgumentException refused) {
                continue;
            }
            assertThat(entry.encode()).isEqualTo(given);
        }
    }

    @FuzzTest
    void anyBytesAreASnapshotsSessionsOrRefused(byte[] bytes) throws IOException {
        SessionTable table = new SessionTable();
        byte[] rest;
        try {
            rest = SessionSection.read(new ByteArrayInputStream(bytes), table).readAllBytes();
        } catch (IOException refused) {
            return;
        }
        assertThat(rest.length).isLessThanOrEqualTo(bytes.length);
        SessionTable again = new SessionTable();
        assertThat(SessionSection.read(new ByteArrayInputStream(written(table)), again)
                        .readAllBytes())
                .isEmpty();
        assertThat(again.digest()).isEqualTo(table.digest());
        assertThat(again.keptBytes()).isEqualTo(table.keptBytes());
    }

    @Test
    void almostRightEntriesToo() {
        byte[] open = new SessionEntry.Open(60_000, 32, 1000).encode().toByteArray();
        byte[] close = new SessionEntry.Close(7).encode().toByteArray();
        byte[] command = new SessionEntry.Command(7, 5, 3, Bytes.utf8("put a 1"))
                .encode()
                .toByteArray();
        Mutations.forEach(List.of(open, close, command), 5_000, this::anyBytesAreAnEntryOrRefused);
    }

    @Test
    void almostRightSectionsToo() throws IOException {
        Mutations.forEach(
                List.of(written(new SessionTable()), written(filled())),
                5_000,
                this::anyBytesAreASnapshotsSessionsOrRefused);
    }

    private static SessionTable filled() {
        SessionTable table = new SessionTable();
        long index = 0;
        for (SessionEntry entry : List.of(
                new SessionEntry.Open(60_000, 4, 10),
                new SessionEntry.Open(1_000, 2, 10),
                new SessionEntry.Command(1, 2, 1, Bytes.utf8("two")),
                new SessionEntry.Command(1, 1, 1, Bytes.utf8("one")),
                new SessionEntry.Command(2, 9, 9, Bytes.utf8("nine")))) {
            EntryKind kind = entry instanceof SessionEntry.Open ? EntryKind.OPEN_SESSION : EntryKind.SESSION_COMMAND;
            table.apply(new Entry(new LogId(1, ++index), kind, entry.encode(), 1000), Entry::payload);
        }
        return table;
    }

    private static byte[] written(SessionTable table) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrozenState frozen = SessionSection.freeze(table, stream -> false)) {
            while (frozen.write(out)) {
                assertThat(out.size()).isPositive();
            }
        }
        return out.toByteArray();
    }
}
