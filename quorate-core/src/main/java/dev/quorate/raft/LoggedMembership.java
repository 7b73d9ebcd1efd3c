package dev.quorate.raft;

/**
 * A membership and the index of the entry that brought it.
 *
 * @param index 0 for the membership at the first start, which no entry brought
 */
public record LoggedMembership(long index, Membership membership) {
    public LoggedMembership {
        if (index < 0) {
            throw new IllegalArgumentException("a membership at index " + index);
        }
    }
}
