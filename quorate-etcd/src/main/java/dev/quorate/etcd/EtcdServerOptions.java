package dev.quorate.etcd;

import dev.quorate.kv.KvClient;
import java.time.Duration;

/**
 * The limits of an {@link EtcdServer}.
 *
 * @param inboundBytesMax the largest message that is read at all; what is above {@link KvClient#REQUEST_BYTES_MAX} and
 *     below it is refused by the store, which says so in etcd's words: 2 MiB
 * @param callsPerConnectionMax the most calls of one connection at a time, more wait at the client: 16,384
 * @param eventLoops the threads that read and write connections: half the processors, at least 1, at most 4
 * @param snapshotStreamsMax the most snapshots that are sent at a time: 2
 * @param snapshotSilenceMax how long a client may take nothing of a snapshot before its stream is ended: 1 min
 * @param drain how long a stopping server waits for calls under way: 5 s
 */
public record EtcdServerOptions(
        int inboundBytesMax,
        int callsPerConnectionMax,
        int eventLoops,
        int snapshotStreamsMax,
        Duration snapshotSilenceMax,
        Duration drain) {

    /** The defaults that the parameters name. */
    public static final EtcdServerOptions DEFAULTS = new EtcdServerOptions(
            KvClient.REQUEST_BYTES_MAX + (512 << 10),
            16_384,
            Math.min(4, Math.max(1, Runtime.getRuntime().availableProcessors() / 2)),
            2,
            Duration.ofMinutes(1),
            Duration.ofSeconds(5));

    public EtcdServerOptions {
        if (inboundBytesMax <= KvClient.REQUEST_BYTES_MAX) {
            throw new IllegalArgumentException("inboundBytesMax is " + inboundBytesMax + ", must be above "
                    + KvClient.REQUEST_BYTES_MAX + ", the largest request of the store");
        }
        if (callsPerConnectionMax < 1 || eventLoops < 1 || snapshotStreamsMax < 1) {
            throw new IllegalArgumentException("callsPerConnectionMax, eventLoops and snapshotStreamsMax are "
                    + callsPerConnectionMax + ", " + eventLoops + " and " + snapshotStreamsMax + ", must be above 0");
        }
        if (drain.isNegative() || snapshotSilenceMax.isNegative()) {
            throw new IllegalArgumentException("drain and snapshotSilenceMax are " + drain + " and "
                    + snapshotSilenceMax + ", must not be negative");
        }
    }
}
