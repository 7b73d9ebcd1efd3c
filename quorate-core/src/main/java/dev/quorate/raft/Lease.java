package dev.quorate.raft;

/**
 * The time up to which no other node can have become leader: every voter of the quorum that echoed a round refuses
 * others for an election timeout after it got the round's message, which is after the round began (thesis §6.4.1).
 *
 * <pre>
 *   round begins        a voter gets it                          lease ends        the voter may vote again
 *        ├─────────────────────┼──────────────────────────────────────┼───────────────┼──►
 *        └──────────── election timeout − clock drift ────────────────┘
 *                              └──────────────── election timeout, on its own clock ──┘
 * </pre>
 */
final class Lease {
    /** A sole voter has no one to lose a lease to; its lease is this many election timeouts long all the same. */
    static final int SOLE_VOTER_TIMEOUTS = 64;

    /** An extension by less than this part of a lease is not worth telling. */
    private static final int STEPS = 16;

    private final Core core;
    private boolean announced;
    /** True once another node was told to campaign: nothing that is confirmed later proves that it never will. */
    private boolean givenUp;

    private long untilNanos;

    Lease(Core core) {
        this.core = core;
    }

    /** How long a lease is, counted from the beginning of its round. */
    long lengthNanos() {
        RaftOptions options = core.options;
        return core.isSoleVoter()
                ? SOLE_VOTER_TIMEOUTS * options.electionTimeoutNanos()
                : options.electionTimeoutNanos() - options.clockDriftNanos();
    }

    /** A quorum has confirmed the round that began at this time. */
    void extend(long begunNanos) {
        long until = begunNanos + lengthNanos();
        if (givenUp || until <= core.nowNanos()) {
            return;
        }
        boolean over = !announced || untilNanos <= core.nowNanos();
        if (over || until - untilNanos > lengthNanos() / STEPS) {
            announced = true;
            untilNanos = until;
            core.outbox.add(new Effect.LeaseChanged(true, until));
        }
    }

    /** This leadership has no lease any more: its end has been set in motion from here. */
    void giveUp() {
        givenUp = true;
        revoke();
    }

    /** The node stops to lead, or the membership changes under a lease that was longer than another may be. */
    void revoke() {
        if (announced) {
            announced = false;
            core.outbox.revokeLease();
        }
    }
}
