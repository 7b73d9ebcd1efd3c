package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.etcd.RetrySafety;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

final class OutcomesTest {
    private static StatusRuntimeException told(String word) {
        Metadata trailers = new Metadata();
        trailers.put(RetrySafety.KEY, word);
        return Status.UNAVAILABLE.asRuntimeException(trailers);
    }

    @Test
    void theServerSaysWhetherAnythingHappened() {
        assertThat(Outcomes.of(told(RetrySafety.SAFE))).isEqualTo(Outcomes.FAILED);
        assertThat(Outcomes.of(told(RetrySafety.USELESS))).isEqualTo(Outcomes.USELESS);
        assertThat(Outcomes.of(told(RetrySafety.UNKNOWN))).isEqualTo(Outcomes.UNKNOWN);
        assertThat(Outcomes.of(told("something new"))).isEqualTo(Outcomes.UNKNOWN);
    }

    @Test
    void withoutAWordOfTheServerNothingIsKnown() {
        assertThat(Outcomes.of(Status.DEADLINE_EXCEEDED.asRuntimeException())).isEqualTo(Outcomes.UNKNOWN);
        assertThat(Outcomes.of(Status.UNAVAILABLE.asRuntimeException())).isEqualTo(Outcomes.UNKNOWN);
        assertThat(Outcomes.of(Status.UNAVAILABLE
                        .withCause(new IOException("connection reset by peer"))
                        .asRuntimeException()))
                .isEqualTo(Outcomes.UNKNOWN);
    }

    @Test
    void whatNeverReachedAServerHasNotHappened() {
        IOException cause = new IOException(new ConnectException("connection refused"));
        assertThat(Outcomes.of(Status.UNAVAILABLE.withCause(cause).asRuntimeException()))
                .isEqualTo(Outcomes.FAILED);
    }
}
