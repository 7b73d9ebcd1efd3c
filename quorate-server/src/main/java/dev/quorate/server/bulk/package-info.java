/**
 * Import and export: files of records into the store and out of it.
 *
 * <pre>
 *   FILE ──► Rows ──► Pipeline ──► puts, many in flight ──► server
 *                        │ the last line before which all are acknowledged
 *                        ▼
 *                   FILE.import-state, from which a second run continues
 * </pre>
 *
 * <p>The command's own thread reads and waits; answers arrive on the network thread of the connection.
 */
@NullMarked
package dev.quorate.server.bulk;

import org.jspecify.annotations.NullMarked;
