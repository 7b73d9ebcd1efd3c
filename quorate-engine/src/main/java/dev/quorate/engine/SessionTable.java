package dev.quorate.engine;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The client sessions of the cluster (thesis §6.3): replicated like the state machine's own state, so that a command
 * that stands in the log twice takes effect once, whoever leads when it comes again.
 *
 * <p>What is applied, refused or expired depends on entries alone, never on a clock or on the options of this node: all
 * replicas agree at every index. The one thing that a node decides by itself is how many bytes of answers it keeps;
 * without its answer, a repeated command is still not applied again.
 *
 * <p>A session expires when an entry comes whose time is {@code timeout} behind the session's last one. After a change
 * of leader, which a {@code NO_OP} shows, none expires for {@link #GRACE_MILLIS}: clients could not renew their
 * sessions while nobody led, and the clock of the new leader may be ahead of the old one's.
 *
 * <p>Each command costs O(1); a look at a session whose time may be up costs O(log n), at most once in a timeout. Owned
 * by APPLY.
 */
final class SessionTable {
    /** How long no session expires after a change of leader; a shorter timeout counts instead. */
    static final long GRACE_MILLIS = 10_000;

    /** The state machine, as the table sees it. */
    @FunctionalInterface
    interface Machine {
        /** Applies a command; null when its answer is not known. */
        @Nullable
        Bytes apply(Entry command);
    }

    private static final Comparator<Session> BY_TIME =
            Comparator.<Session>comparingLong(s -> s.queuedUntilMillis).thenComparingLong(s -> s.id);

    /** By id, and in the order of ids, which grow with the log. */
    private final Map<Long, Session> sessions = new LinkedHashMap<>();

    private final TreeSet<Session> queue = new TreeSet<>(BY_TIME);
    /** The answers with contents, the oldest first. */
    private final LinkedHashSet<Session.Answer> kept = new LinkedHashSet<>();

    private long keptBytesMax = Long.MAX_VALUE;
    private long keptBytes;
    private long nextLookMillis = Long.MAX_VALUE;
    private long leaderSinceMillis;
    private long digest;

    /** From now on, keeps no more than so many bytes of answers, and forgets the oldest first. */
    void keepAnswers(long bytesMax) {
        keptBytesMax = bytesMax;
        forgetSurplus();
    }

    /** How many sessions there are. */
    int size() {
        return sessions.size();
    }

    /** The bytes of answers that are kept. */
    long keptBytes() {
        return keptBytes;
    }

    /** When the newest leader's first entry was made; 0 when there was none. */
    long leaderSinceMillis() {
        return leaderSinceMillis;
    }

    /** All sessions, in the order of their ids. */
    Collection<Session> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    /** A digest of all sessions, equal on all replicas at the same index; empty when there are none. */
    Bytes digest() {
        return sessions.isEmpty()
                ? Bytes.EMPTY
                : Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(digest).array());
    }

    /** Lets time pass up to an entry that is about to be applied, of whatever kind. */
    void reached(Entry entry) {
        if (entry.kind() == EntryKind.NO_OP) {
            leaderSinceMillis = entry.timeMillis();
        }
        if (entry.timeMillis() >= nextLookMillis) {
            expire(entry.timeMillis());
        }
    }

    /** Applies an entry of a session; {@link IllegalArgumentException} when it is damaged. */
    ApplyResult apply(Entry entry, Machine machine) {
        SessionEntry said = SessionEntry.decode(entry.kind(), entry.payload());
        if (said instanceof SessionEntry.Open open) {
            return open(entry, open);
        } else if (said instanceof SessionEntry.Close close) {
            Session closed = sessions.get(close.session());
            if (closed != null) {
                queue.remove(closed);
                remove(closed);
                lookNext();
            }
            return new ApplyResult(entry.id(), Bytes.EMPTY);
        }
        return command(entry, (SessionEntry.Command) said, machine);
    }

    private ApplyResult open(Entry entry, SessionEntry.Open open) {
        if (sessions.size() >= open.sessionsMax()) {
            return refused(entry, ApplyResult.Effect.TOO_MANY_SESSIONS);
        }
        add(new Session(entry.index(), open.timeoutMillis(), open.inFlightMax(), entry.timeMillis(), 1));
        return new ApplyResult(entry.id(), Bytes.EMPTY);
    }

    private ApplyResult command(Entry entry, SessionEntry.Command command, Machine machine) {
        Session session = sessions.get(command.session());
        if (session == null) {
            return refused(entry, ApplyResult.Effect.SESSION_LOST);
        }
        long sequence = command.sequence();
        session.lastActiveMillis = Math.max(session.lastActiveMillis, entry.timeMillis());
        for (Session.Answer done = session.forgetBelow(command.firstUnanswered());
                done != null;
                done = session.forgetBelow(command.firstUnanswered())) {
            unkeep(done);
        }
        ApplyResult result;
        if (sequence < session.floor()) {
            result = refused(entry, ApplyResult.Effect.FORGOTTEN);
        } else if (sequence - session.floor() >= session.window()) {
            result = refused(entry, ApplyResult.Effect.TOO_FAR_AHEAD);
        } else {
            Session.Answer before = session.answer(sequence);
            result = before == null ? first(entry, session, command, machine) : again(entry, before);
        }
        reprint(session);
        return result;
    }

    private ApplyResult first(Entry entry, Session session, SessionEntry.Command command, Machine machine) {
        Bytes response = machine.apply(new Entry(entry.id(), EntryKind.COMMAND, command.command(), entry.timeMillis()));
        keep(session, new Session.Answer(command.sequence(), response == null ? null : response.compact()));
        return new ApplyResult(entry.id(), response == null ? Bytes.EMPTY : response);
    }

    private static ApplyResult again(Entry entry, Session.Answer before) {
        Bytes content = before.content;
        return content == null
                ? refused(entry, ApplyResult.Effect.ANSWER_LOST)
                : new ApplyResult(entry.id(), ApplyResult.Effect.REPEATED, content);
    }

    private static ApplyResult refused(Entry entry, ApplyResult.Effect effect) {
        return new ApplyResult(entry.id(), effect, Bytes.EMPTY);
    }

    /** Adds a session that has no answers yet. */
    void add(Session session) {
        sessions.put(session.id, session);
        session.print = session.hash();
        digest += session.print;
        enqueue(session);
        lookNext();
    }

    /** Adds the answer of a command, and keeps its content when there is room. */
    void keep(Session session, Session.Answer answer) {
        session.answered(answer);
        Bytes content = answer.content;
        if (content != null && kept.add(answer)) {
            keptBytes += content.length();
            forgetSurplus();
        }
    }

    /** Brings the digest up to date after a change of the session. */
    void reprint(Session session) {
        digest -= session.print;
        session.print = session.hash();
        digest += session.print;
    }

    /** Takes over the time of the newest leader's first entry. */
    void leadSince(long millis) {
        leaderSinceMillis = millis;
    }

    private void unkeep(Session.Answer answer) {
        Bytes content = answer.content;
        if (content != null && kept.remove(answer)) {
            keptBytes -= content.length();
        }
    }

    private void forgetSurplus() {
        while (keptBytes > keptBytesMax) {
            Session.Answer oldest = kept.iterator().next();
            unkeep(oldest);
            oldest.content = null;
        }
    }

    private void expire(long nowMillis) {
        List<Session> later = new ArrayList<>();
        while (!queue.isEmpty() && queue.first().queuedUntilMillis <= nowMillis) {
            Session session = queue.first();
            queue.remove(session);
            if (deadline(session) <= nowMillis) {
                remove(session);
            } else {
                later.add(session);
            }
        }
        later.forEach(this::enqueue);
        lookNext();
    }

    private void remove(Session session) {
        sessions.remove(session.id);
        digest -= session.print;
        for (Session.Answer done = session.forgetBelow(Long.MAX_VALUE);
                done != null;
                done = session.forgetBelow(Long.MAX_VALUE)) {
            unkeep(done);
        }
    }

    private void enqueue(Session session) {
        session.queuedUntilMillis = deadline(session);
        queue.add(session);
    }

    private void lookNext() {
        nextLookMillis = queue.isEmpty() ? Long.MAX_VALUE : queue.first().queuedUntilMillis;
    }

    private long deadline(Session session) {
        return Math.max(
                session.lastActiveMillis + session.timeoutMillis,
                leaderSinceMillis + Math.min(session.timeoutMillis, GRACE_MILLIS));
    }
}
