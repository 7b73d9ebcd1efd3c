package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.engine.ApplyResult.Effect;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The replicated table of client sessions, entry by entry. */
final class SessionTableTest {
    private static final long TIMEOUT = 1000;
    private static final FrozenState NOTHING = out -> false;

    private final SessionTable table = new SessionTable();
    private final List<String> applied = new ArrayList<>();
    private long index;
    private long now = 1_000_000;

    private ApplyResult put(EntryKind kind, Bytes payload) {
        Entry entry = new Entry(new LogId(1, ++index), kind, payload, now);
        table.reached(entry);
        return kind.isOfSession()
                ? table.apply(entry, command -> {
                    assertThat(command.kind()).isEqualTo(EntryKind.COMMAND);
                    assertThat(command.id()).isEqualTo(entry.id());
                    assertThat(command.timeMillis()).isEqualTo(entry.timeMillis());
                    applied.add(command.payload().toUtf8());
                    return Bytes.utf8(command.payload().toUtf8() + "@" + command.index());
                })
                : new ApplyResult(entry.id(), Bytes.EMPTY);
    }

    private long open(long timeoutMillis, int window) {
        ApplyResult result = put(EntryKind.OPEN_SESSION, new SessionEntry.Open(timeoutMillis, window, 10).encode());
        assertThat(result.effect()).isEqualTo(Effect.APPLIED);
        return result.id().index();
    }

    private ApplyResult command(long session, long sequence, long firstUnanswered, String text) {
        return put(
                EntryKind.SESSION_COMMAND,
                new SessionEntry.Command(session, sequence, firstUnanswered, Bytes.utf8(text)).encode());
    }

    private Effect effect(long session, long sequence, long firstUnanswered) {
        return command(session, sequence, firstUnanswered, "x").effect();
    }

    @Test
    void aCommandThatComesAgainGetsTheFirstAnswerAndIsNotApplied() {
        long session = open(TIMEOUT, 4);
        ApplyResult first = command(session, 1, 1, "a");
        assertThat(first.effect()).isEqualTo(Effect.APPLIED);
        assertThat(first.response()).isEqualTo(Bytes.utf8("a@2"));
        ApplyResult second = command(session, 1, 1, "a");
        assertThat(second.effect()).isEqualTo(Effect.REPEATED);
        assertThat(second.response()).isEqualTo(first.response());
        assertThat(second.id()).isEqualTo(new LogId(1, 3));
        assertThat(applied).containsExactly("a");
    }

    @Test
    void commandsInFlightTakeEffectInAnyOrder() {
        long session = open(TIMEOUT, 4);
        assertThat(effect(session, 3, 1)).isEqualTo(Effect.APPLIED);
        assertThat(effect(session, 1, 1)).isEqualTo(Effect.APPLIED);
        assertThat(effect(session, 4, 1)).isEqualTo(Effect.APPLIED);
        assertThat(effect(session, 2, 1)).isEqualTo(Effect.APPLIED);
        for (long sequence = 1; sequence <= 4; sequence++) {
            assertThat(effect(session, sequence, 1)).isEqualTo(Effect.REPEATED);
        }
        assertThat(applied).hasSize(4);
    }

    @Test
    void whatTheClientNoLongerWaitsForIsForgottenAndNeverApplied() {
        long session = open(TIMEOUT, 4);
        command(session, 1, 1, "answer");
        long kept = table.keptBytes();
        assertThat(kept).isEqualTo("answer@2".length());
        assertThat(effect(session, 3, 3)).isEqualTo(Effect.APPLIED);
        assertThat(table.keptBytes()).isEqualTo("x@3".length());
        assertThat(effect(session, 1, 1)).isEqualTo(Effect.FORGOTTEN);
        assertThat(effect(session, 2, 1)).isEqualTo(Effect.FORGOTTEN);
        assertThat(effect(session, 3, 1)).isEqualTo(Effect.REPEATED);
        assertThat(applied).containsExactly("answer", "x");
    }

    @Test
    void theWindowEndsExactlyAtItsSizeBehindTheFirstUnanswered() {
        long session = open(TIMEOUT, 4);
        assertThat(effect(session, 4, 1)).isEqualTo(Effect.APPLIED);
        assertThat(effect(session, 5, 1)).isEqualTo(Effect.TOO_FAR_AHEAD);
        assertThat(effect(session, 5, 2)).isEqualTo(Effect.APPLIED);
        assertThat(effect(session, 4, 2)).isEqualTo(Effect.REPEATED);
        assertThat(effect(session, 1_000_000, 999_999)).isEqualTo(Effect.APPLIED);
        assertThat(table.keptBytes()).isEqualTo("x@7".length());
    }

    @Test
    void noCommandIsAppliedWithoutItsSession() {
        long session = open(TIMEOUT, 4);
        long other = open(TIMEOUT, 4);
        assertThat(effect(session + 7, 1, 1)).isEqualTo(Effect.SESSION_LOST);
        command(session, 1, 1, "a");
        put(EntryKind.CLOSE_SESSION, new SessionEntry.Close(session).encode());
        assertThat(effect(session, 1, 1)).isEqualTo(Effect.SESSION_LOST);
        assertThat(effect(session, 2, 1)).isEqualTo(Effect.SESSION_LOST);
        assertThat(put(EntryKind.CLOSE_SESSION, new SessionEntry.Close(session).encode())
                        .effect())
                .isEqualTo(Effect.APPLIED);
        assertThat(table.keptBytes()).isZero();
        assertThat(effect(other, 1, 1)).isEqualTo(Effect.APPLIED);
        assertThat(applied).containsExactly("a", "x");
    }

    @Test
    void aSilentSessionExpiresAtTheEntryThatReachesItsTimeout() {
        long silent = open(TIMEOUT, 4);
        long busy = open(TIMEOUT, 4);
        long patient = open(2 * TIMEOUT, 4);
        now += TIMEOUT - 1;
        assertThat(effect(busy, 1, 1)).isEqualTo(Effect.APPLIED);
        assertThat(table.size()).isEqualTo(3);
        now += 1;
        put(EntryKind.COMMAND, Bytes.EMPTY);
        assertThat(table.size()).isEqualTo(2);
        assertThat(effect(silent, 1, 1)).isEqualTo(Effect.SESSION_LOST);
        now += TIMEOUT - 2;
        assertThat(effect(busy, 1, 1)).as("a repetition is activity too").isEqualTo(Effect.REPEATED);
        now += TIMEOUT - 1;
        assertThat(effect(busy, 2, 2)).isEqualTo(Effect.APPLIED);
        assertThat(effect(patient, 1, 1)).isEqualTo(Effect.SESSION_LOST);
        now += TIMEOUT;
        put(EntryKind.CHECKPOINT, Bytes.EMPTY);
        assertThat(table.size()).isZero();
        assertThat(table.digest()).isEqualTo(Bytes.EMPTY);
        assertThat(table.keptBytes()).isZero();
    }

    @Test
    void aChangeOfLeaderGivesEverySessionTheTimeToSpeak() {
        long brief = open(TIMEOUT, 4);
        long long1 = open(100_000, 4);
        now += 50_000;
        put(EntryKind.NO_OP, Bytes.EMPTY);
        assertThat(table.size()).isEqualTo(2);
        now += TIMEOUT - 1;
        assertThat(effect(brief, 1, 1)).isEqualTo(Effect.APPLIED);
        now += 48_999 + SessionTable.GRACE_MILLIS;
        put(EntryKind.NO_OP, Bytes.EMPTY);
        now += SessionTable.GRACE_MILLIS - 1;
        assertThat(effect(long1, 1, 1)).as("past its timeout, within the grace").isEqualTo(Effect.APPLIED);
        assertThat(effect(brief, 2, 2)).as("its grace is its timeout").isEqualTo(Effect.SESSION_LOST);
    }

    @Test
    void thereAreNoMoreSessionsThanTheEntryThatOpensAllows() {
        for (int i = 0; i < 10; i++) {
            open(TIMEOUT, 4);
        }
        Bytes open = new SessionEntry.Open(TIMEOUT, 4, 10).encode();
        assertThat(put(EntryKind.OPEN_SESSION, open).effect()).isEqualTo(Effect.TOO_MANY_SESSIONS);
        assertThat(table.size()).isEqualTo(10);
        put(EntryKind.CLOSE_SESSION, new SessionEntry.Close(3).encode());
        assertThat(put(EntryKind.OPEN_SESSION, open).effect()).isEqualTo(Effect.APPLIED);
        now += TIMEOUT;
        assertThat(put(EntryKind.OPEN_SESSION, open).effect()).isEqualTo(Effect.APPLIED);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void anAnswerThatFindsNoRoomIsLostButItsCommandIsNotAppliedAgain() {
        table.keepAnswers(10);
        long session = open(TIMEOUT, 4);
        command(session, 1, 1, "aaaa");
        command(session, 2, 1, "bbbb");
        assertThat(table.keptBytes()).isEqualTo("bbbb@3".length());
        Bytes digest = table.digest();
        assertThat(command(session, 1, 1, "aaaa").effect()).isEqualTo(Effect.ANSWER_LOST);
        assertThat(command(session, 2, 1, "bbbb").response()).isEqualTo(Bytes.utf8("bbbb@3"));
        assertThat(command(session, 3, 1, "much longer than ten").effect()).isEqualTo(Effect.APPLIED);
        assertThat(table.keptBytes()).isZero();
        assertThat(applied).hasSize(3);
        assertThat(digest).isNotEqualTo(table.digest());
    }

    @Test
    void theDigestDependsOnEverythingButTheAnswers() throws IOException {
        long session = open(TIMEOUT, 4);
        Bytes opened = table.digest();
        command(session, 1, 1, "a");
        Bytes once = table.digest();
        assertThat(once).isNotEqualTo(opened);
        command(session, 1, 1, "a");
        assertThat(table.digest()).isEqualTo(once);
        now++;
        command(session, 1, 1, "a");
        assertThat(table.digest()).as("active later").isNotEqualTo(once);
        Bytes later = table.digest();
        command(session, 2, 2, "b");
        assertThat(table.digest()).isNotEqualTo(later);
        assertThat(copy(table).digest()).isEqualTo(table.digest());
        table.keepAnswers(0);
        SessionTable poorer = copy(table);
        assertThat(poorer.digest()).isEqualTo(table.digest());
        assertThat(poorer.keptBytes()).isZero();
    }

    /** The format of snapshots: a change here needs a new version. */
    @Test
    void theBytesOfTheSectionAreThese() throws IOException {
        put(EntryKind.NO_OP, Bytes.EMPTY);
        long session = open(TIMEOUT, 4);
        command(session, 2, 2, "a");
        command(session, 3, 2, "b");
        table.keepAnswers(3);
        assertThat(HexFormat.of().formatHex(bytes(table)))
                .isEqualTo("9b51554f52415445e36f01c45d12887a" + "01" + "00000000000f4240" + "00000001"
                        + "0000000000000002" + "00000000000003e8" + "00000004" + "00000000000f4240"
                        + "0000000000000002" + "00000002"
                        + "0000000000000002" + "ffffffff"
                        + "0000000000000003" + "00000003" + "624034");
    }

    @Test
    void aSnapshotWithoutTheSectionHoldsNoSessions() throws IOException {
        for (String content : List.of("", "short", "the bytes of a state machine, longer than the mark")) {
            SessionTable empty = new SessionTable();
            InputStream rest = SessionSection.read(
                    new ByteArrayInputStream(Bytes.utf8(content).toByteArray()), empty);
            assertThat(new String(rest.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(content);
            assertThat(empty.size()).isZero();
        }
    }

    @Test
    void aDamagedSectionIsRefusedAndNamesWhatIsWrong() throws IOException {
        long session = open(TIMEOUT, 4);
        command(session, 1, 1, "a");
        byte[] good = bytes(table);
        byte[] newer = good.clone();
        newer[16] = 2;
        assertThatThrownBy(() -> read(newer)).isInstanceOf(IOException.class).hasMessageContaining("version 2");
        byte[] wide = good.clone();
        wide[16 + 1 + 8 + 4 + 16] = 1;
        assertThatThrownBy(() -> read(wide)).isInstanceOf(IOException.class).hasMessageContaining("window");
        for (int length = 17; length < good.length; length++) {
            byte[] torn = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> read(torn)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void entriesOfSessionsSayWhatIsWrongWithThem() {
        assertThatThrownBy(() -> new SessionEntry.Open(0, 1, 1)).hasMessageContaining("timeout");
        assertThatThrownBy(() -> new SessionEntry.Open(1, 1025, 1)).hasMessageContaining("1024");
        assertThatThrownBy(() -> new SessionEntry.Open(1, 1, 0)).hasMessageContaining("sessions");
        assertThatThrownBy(() -> new SessionEntry.Command(1, 1, 2, Bytes.EMPTY)).hasMessageContaining("unanswered");
        assertThatThrownBy(() -> SessionEntry.decode(EntryKind.CLOSE_SESSION, Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SessionEntry.decode(EntryKind.CLOSE_SESSION, Bytes.wrap(new byte[] {1, 2})))
                .hasMessageContaining("expected 9");
        assertThatThrownBy(() -> SessionEntry.decode(EntryKind.CLOSE_SESSION, Bytes.wrap(new byte[] {2})))
                .hasMessageContaining("version");
        for (SessionEntry entry : List.of(
                new SessionEntry.Command(5, 4, 3, Bytes.utf8("text")),
                new SessionEntry.Command(1, 1, 1, Bytes.EMPTY))) {
            assertThat(SessionEntry.decode(EntryKind.SESSION_COMMAND, entry.encode()))
                    .isEqualTo(entry);
        }
        assertThat(HexFormat.of()
                        .formatHex(new SessionEntry.Command(5, 4, 3, Bytes.utf8("t"))
                                .encode()
                                .toByteArray()))
                .isEqualTo("01" + "0000000000000005" + "0000000000000004" + "0000000000000003" + "74");
        assertThat(HexFormat.of()
                        .formatHex(new SessionEntry.Open(7, 6, 5).encode().toByteArray()))
                .isEqualTo("01" + "0000000000000007" + "00000006" + "00000005");
    }

    static byte[] bytes(SessionTable table) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrozenState frozen = SessionSection.freeze(table, NOTHING)) {
            boolean more = true;
            while (more) {
                more = frozen.write(out);
            }
        }
        return out.toByteArray();
    }

    static SessionTable copy(SessionTable table) throws IOException {
        return read(bytes(table));
    }

    private static SessionTable read(byte[] bytes) throws IOException {
        SessionTable read = new SessionTable();
        InputStream rest = SessionSection.read(new ByteArrayInputStream(bytes), read);
        assertThat(rest.readAllBytes()).isEmpty();
        return read;
    }
}
