package dev.quorate.raft;

/** Our own bug, or hardware that lies: the node that sees it halts and is never retried. */
public final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvariantViolation(String message) {
        super(message);
    }
}
