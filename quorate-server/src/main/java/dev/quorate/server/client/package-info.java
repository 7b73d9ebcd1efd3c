/**
 * The commands that are clients of a running server: reading and writing keys, transactions, status, snapshots.
 *
 * <p>Their answers are those of {@code etcdctl}, so that people and scripts need not learn others.
 */
@NullMarked
package dev.quorate.server.client;

import org.jspecify.annotations.NullMarked;
