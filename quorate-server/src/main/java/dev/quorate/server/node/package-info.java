/**
 * A node as a process: what it is made of, how it starts and stops, and how its files are looked at.
 *
 * <p>The command's own thread starts the node and waits for its end; the hook that the JVM runs at SIGTERM or SIGINT
 * stops it.
 */
@NullMarked
package dev.quorate.server.node;

import org.jspecify.annotations.NullMarked;
