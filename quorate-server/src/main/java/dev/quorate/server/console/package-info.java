/**
 * What the commands share: reaching a server, printing answers, saying in one line what went wrong.
 *
 * <p>Single-threaded, except where a class says otherwise. May import the generated messages of
 * {@code dev.quorate.etcd}, picocli and Jackson.
 */
@NullMarked
package dev.quorate.server.console;

import org.jspecify.annotations.NullMarked;
