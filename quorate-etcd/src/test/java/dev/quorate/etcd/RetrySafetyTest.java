package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.kv.KvException;
import dev.quorate.spi.AnswerLostException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What a refusal says of a retry: never that nothing happened when something may have. */
final class RetrySafetyTest {
    private static String told(Throwable failure) {
        return String.valueOf(RetrySafety.of(failure).get(RetrySafety.KEY));
    }

    @Test
    void whatHappenedOrMayHaveIsUnknown() {
        assertThat(told(new OutcomeUnknownException("lost"))).isEqualTo(RetrySafety.UNKNOWN);
        assertThat(told(new CompletionException(new AnswerLostException("not kept"))))
                .isEqualTo(RetrySafety.UNKNOWN);
        assertThat(told(new KvException(KvException.Kind.ANSWER_TOO_LARGE, "too large")))
                .isEqualTo(RetrySafety.UNKNOWN);
        assertThat(told(new IllegalStateException("a bug, after the write or before it")))
                .isEqualTo(RetrySafety.UNKNOWN);
    }

    @Test
    void whatAnotherMemberTakesIsSafe() {
        assertThat(told(new OverloadedException("full"))).isEqualTo(RetrySafety.SAFE);
        assertThat(told(new NodeHaltedException("a fault of its disk"))).isEqualTo(RetrySafety.SAFE);
    }

    @Test
    void whatIsRefusedWhereverItComesIsUseless() {
        assertThat(told(new InvalidRequestException("too large"))).isEqualTo(RetrySafety.USELESS);
        assertThat(told(new KvException(KvException.Kind.COMPACTED, "compacted")))
                .isEqualTo(RetrySafety.USELESS);
    }
}
