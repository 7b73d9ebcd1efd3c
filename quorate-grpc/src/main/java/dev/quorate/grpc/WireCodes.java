package dev.quorate.grpc;

import dev.quorate.spi.PeerMessage.PurgeRefusal;
import dev.quorate.spi.SnapshotAck.Status;

/** The numbers of enumerations on the wire; 0 stands for none of them. They never change their meaning. */
final class WireCodes {
    private WireCodes() {}

    static int code(Status status) {
        return switch (status) {
            case ACCEPTED -> 1;
            case CHECKSUM_MISMATCH -> 2;
            case OUT_OF_ORDER -> 3;
            case REQUESTED -> 4;
            case FAILED -> 5;
        };
    }

    static Status status(int code) {
        for (Status status : Status.values()) {
            if (code(status) == code) {
                return status;
            }
        }
        throw new IllegalArgumentException("unknown status of a chunk " + code);
    }

    static int code(PurgeRefusal refusal) {
        return switch (refusal) {
            case STALE_TERM -> 1;
            case NOT_LEADER -> 2;
            case MALFORMED -> 3;
            case BEHIND -> 4;
            case NO_SNAPSHOT -> 5;
            case STATE_DIVERGED -> 6;
        };
    }

    static PurgeRefusal refusal(int code) {
        for (PurgeRefusal refusal : PurgeRefusal.values()) {
            if (code(refusal) == code) {
                return refusal;
            }
        }
        throw new IllegalArgumentException("unknown refusal of a purge " + code);
    }
}
