package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a call is refused with exactly this code and message. */
final class Refused {
    private Refused() {}

    static void with(Status.Code code, String message, ThrowingCallable call) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refused).as("refusal with %s", message).isNotNull();
        assertThat(refused.getStatus().getDescription()).isEqualTo("etcdserver: " + message);
        assertThat(refused.getStatus().getCode()).isEqualTo(code);
    }
}
