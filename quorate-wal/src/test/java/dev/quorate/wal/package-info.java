/** Tests of the log and the snapshots on files, on real disks and on simulated ones. */
@NullMarked
package dev.quorate.wal;

import org.jspecify.annotations.NullMarked;
