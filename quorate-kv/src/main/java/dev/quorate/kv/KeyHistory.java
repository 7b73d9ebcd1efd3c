package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A key with all its versions in memory, the newest first. Written by APPLY, read by any thread. */
final class KeyHistory {
    private static final VarHandle HEAD = head(MethodHandles.lookup());

    final Bytes key;
    private Version head;

    /** A key with its first version. */
    KeyHistory(KvPair pair) {
        this.key = pair.key();
        this.head = new Version(this, pair.modRevision(), pair, null);
    }

    /** The newest version. */
    Version head() {
        return (Version) HEAD.getAcquire(this);
    }

    /** Adds a version. APPLY. */
    Version add(long revision, @Nullable KvPair pair) {
        Version added = new Version(this, revision, pair, head);
        HEAD.setRelease(this, added);
        return added;
    }

    /** What the key was at a revision; null when it did not exist. Newer versions are passed over. */
    @Nullable
    KvPair at(long revision) {
        Version version = head();
        while (version.revision > revision) {
            Version older = version.older();
            if (older == null) {
                return null;
            }
            version = older;
        }
        return version.pair;
    }

    private static VarHandle head(MethodHandles.Lookup lookup) {
        try {
            return lookup.findVarHandle(KeyHistory.class, "head", Version.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
