/** Every interleaving, within bounds, of the table's readers and its writer; and any bytes for the store's codecs. */
@NullMarked
package dev.quorate.kv;

import org.jspecify.annotations.NullMarked;
