package dev.quorate.etcd;

import io.grpc.Status;

/** A request that is refused before the store sees it. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    RefusedException(Status status) {
        super(status.getDescription(), null, false, false);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
