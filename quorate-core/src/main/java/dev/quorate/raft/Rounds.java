package dev.quorate.raft;

import java.util.ArrayDeque;

/**
 * The rounds in which a leader confirms that it still leads. A round begins with a message to every voter and ends when
 * a quorum, the leader included, has echoed it; later rounds confirm earlier ones.
 */
final class Rounds {
    private record Round(long number, long begunNanos) {}

    private final ArrayDeque<Round> unconfirmed = new ArrayDeque<>();
    private long current;
    private long confirmed;
    private long confirmedBegunNanos;

    /** The newest round that has begun; 0 before the first. */
    long current() {
        return current;
    }

    /** The newest round that a quorum has echoed. */
    long confirmed() {
        return confirmed;
    }

    /** When the newest confirmed round began: the moment from which its lease counts (thesis §6.4.1). */
    long confirmedBegunNanos() {
        return confirmedBegunNanos;
    }

    /** True while a round waits for its quorum. */
    boolean isRunning() {
        return confirmed < current;
    }

    /** Begins a round; its messages are sent after this. */
    long begin(long nowNanos) {
        current++;
        unconfirmed.add(new Round(current, nowNanos));
        return current;
    }

    /** A quorum has echoed {@code round}; true when that is news. */
    boolean confirm(long round) {
        boolean news = round > confirmed;
        while (!unconfirmed.isEmpty() && unconfirmed.getFirst().number() <= round) {
            Round ended = unconfirmed.removeFirst();
            confirmed = ended.number();
            confirmedBegunNanos = ended.begunNanos();
        }
        return news;
    }
}
