/** Any bytes for what reads the log's and the snapshots' files. */
@NullMarked
package dev.quorate.wal;

import org.jspecify.annotations.NullMarked;
