/**
 * The etcd v3 API in front of the coordination store.
 *
 * <pre>
 *   gRPC event loop ── KvService ──► KvClient ──► node            the handler returns at once
 *                          ▲                        │
 *                          └──── the answer ◄───────┘            when the future completes
 * </pre>
 *
 * <p>Requests arrive on the event loops of the gRPC server and are handed to the store's client; nothing there waits,
 * for a lock or for a disk. What reads files (the stream of a snapshot) has a thread of its own. The messages are
 * generated into {@code dev.quorate.etcd.wire} from the definitions in {@code src/main/protobuf}. The package may
 * import {@code dev.quorate.kv} and {@code dev.quorate.engine}, never another adapter.
 */
@NullMarked
package dev.quorate.etcd;

import org.jspecify.annotations.NullMarked;
