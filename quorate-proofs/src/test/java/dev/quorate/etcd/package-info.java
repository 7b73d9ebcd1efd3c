/** Any bytes for what reads requests of the etcd API. */
@NullMarked
package dev.quorate.etcd;

import org.jspecify.annotations.NullMarked;
