/**
 * The etcd v3 API in front of the coordination store.
 *
 * <p>Requests arrive on the threads of the gRPC server and are handed to the store's client; nothing here waits on a
 * lock. The package may import {@code dev.quorate.kv} and {@code dev.quorate.engine}, never another adapter.
 */
@NullMarked
package dev.quorate.etcd;

import org.jspecify.annotations.NullMarked;
