package dev.quorate.kv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One version of a key in memory, or its end, linked to the version before. */
final class Version {
    private static final VarHandle OLDER = older(MethodHandles.lookup());

    final KeyHistory history;
    final long revision;
    /** What the key became; null when it was deleted. */
    final @Nullable KvPair pair;

    /** Written before the version is shown to anyone, and once more when what is behind it is cut off. */
    private @Nullable Version older;

    Version(KeyHistory history, long revision, @Nullable KvPair pair, @Nullable Version older) {
        this.history = history;
        this.revision = revision;
        this.pair = pair;
        this.older = older;
    }

    /**
     * The version before; any thread. Whoever sees it missing sees also the floor that was raised before it was cut.
     */
    @Nullable
    Version older() {
        return (Version) OLDER.getAcquire(this);
    }

    /** Frees all versions before. APPLY. */
    void cut() {
        if (older != null) {
            OLDER.setRelease(this, null);
        }
    }

    private static VarHandle older(MethodHandles.Lookup lookup) {
        try {
            return lookup.findVarHandle(Version.class, "older", Version.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
