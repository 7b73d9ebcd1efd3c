package dev.quorate.wal;

import java.io.IOException;

/** A snapshot file is not what it should be; the message says what is wrong, not in which file. */
final class SnapshotDamage extends IOException {
    private static final long serialVersionUID = 1L;

    SnapshotDamage(String message) {
        super(message);
    }
}
