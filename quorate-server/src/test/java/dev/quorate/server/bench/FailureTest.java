package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.server.bench.Failure.Outcome;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailureTest {
    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"DEADLINE_EXCEEDED", "UNAVAILABLE", "UNKNOWN", "INTERNAL", "CANCELLED", "ABORTED", "DATA_LOSS"})
    void aWriteThatMayHaveHappenedIsUnknown(Status.Code code) {
        assertThat(Failure.of(Kind.PUT, code.toStatus()))
                .isEqualTo(new Failure(Kind.PUT, code.name(), Outcome.UNKNOWN));
        assertThat(Failure.of(Kind.TXN, code.toStatus()).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "UNIMPLEMENTED", "NOT_FOUND"})
    void aWriteThatTheServerDidNotTakeIsRefused(Status.Code code) {
        assertThat(Failure.of(Kind.PUT, code.toStatus()))
                .isEqualTo(new Failure(Kind.PUT, code.name(), Outcome.REFUSED));
    }

    @Test
    void aWriteThatWasNeverSentIsRefusedAndOneWhoseConnectionBrokeIsUnknown() {
        Status neverSent = Status.UNAVAILABLE.withCause(new IOException(new ConnectException("refused")));
        Status broken = Status.UNAVAILABLE.withCause(new IOException("reset by peer"));
        assertThat(Failure.of(Kind.PUT, neverSent).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(Failure.of(Kind.PUT, broken).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aReadHasNoOutcomeToBeUnsureOf() {
        assertThat(Failure.of(Kind.RANGE, Status.DEADLINE_EXCEEDED).outcome()).isEqualTo(Outcome.REFUSED);
    }
}
