package dev.quorate.kv;

/**
 * Where watches will be fed: every change of the store, once, in order, after it is visible to readers and its proposer
 * has been answered. Called on APPLY, so it returns quickly.
 */
interface ChangeFeed {
    /** Takes nothing. */
    ChangeFeed NONE = new ChangeFeed() {
        @Override
        public void changed(Change change) {}

        @Override
        public void restored(long revision) {}
    };

    /** A change; its revision is that of the change before, or higher. */
    void changed(Change change);

    /**
     * The state was replaced by a snapshot: changes up to this revision will not come one by one. What the snapshot
     * still knows of them can be read from the table.
     */
    void restored(long revision);
}
