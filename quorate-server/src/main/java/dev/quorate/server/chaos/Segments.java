package dev.quorate.server.chaos;

import dev.quorate.wal.WalOptions;
import java.util.Locale;

/** How the logs of a round lie on their disks. */
enum Segments {
    /** As a server has it. */
    PRODUCTION,
    /** In small files, which are made and recycled all the time. */
    SMALL,
    /** In tiny ones and no spare: what has no space is noticed within some dozens of writes. */
    TINY;

    /** The system property that tells a server. */
    static final String PROPERTY = "quorate.chaos.segments";

    WalOptions options() {
        return switch (this) {
            case PRODUCTION -> WalOptions.DEFAULT;
            case SMALL -> new WalOptions(16 << 10, 8 << 10, 4 << 10, 16 << 10, 2);
            case TINY -> new WalOptions(4 << 10, 4 << 10, 512, 4 << 10, 0);
        };
    }

    /** The option for the JVM of a server. */
    String option() {
        return "-D" + PROPERTY + "=" + name().toLowerCase(Locale.ROOT);
    }

    /** What this process was told. */
    static Segments ofThisProcess() {
        return valueOf(System.getProperty(PROPERTY, PRODUCTION.name()).toUpperCase(Locale.ROOT));
    }
}
