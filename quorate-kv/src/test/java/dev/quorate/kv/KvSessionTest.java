package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.SessionLostException;
import dev.quorate.testkit.MemoryStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The store through a session: the same answers as without, and once. */
final class KvSessionTest {
    private static final Bytes A = Bytes.utf8("a");

    private final MemoryStorage storage = new MemoryStorage();
    private EmbeddedKv kv = EmbeddedKv.builder().storage(storage).start();

    @AfterEach
    void close() {
        kv.close();
    }

    @Test
    void everyKindOfRequestIsAnsweredAsWithoutASession() {
        KvSession session = kv.session().join();
        assertThat(session.put(A, Bytes.utf8("1")).join().revision()).isEqualTo(2);
        assertThat(session.get(A).join()).contains(Bytes.utf8("1"));
        assertThat(session.compareAndSet(A, Bytes.utf8("1"), Bytes.utf8("2")).join())
                .isTrue();
        assertThat(session.range(RangeRequest.of(A))
                        .join()
                        .first()
                        .orElseThrow()
                        .value())
                .isEqualTo(Bytes.utf8("2"));
        assertThat(session.txn(TxnRequest.of(RangeRequest.of(A))).join().responses())
                .hasSize(1);
        assertThat(session.compact(new CompactRequest(3, true)).join().revision())
                .isEqualTo(3);
        assertThat(session.delete(A).join().deleted()).isEqualTo(1);
        assertThat(session.firstUnanswered()).isGreaterThan(4);
    }

    @Test
    void whatTheStoreRefusesIsTheSameExceptionAndTakesEffectNeither() {
        KvSession session = kv.session().join();
        assertThat(session.put(Bytes.EMPTY, A)
                        .handle((done, failure) -> failure)
                        .join())
                .isInstanceOf(KvException.class);
        assertThat(session.compact(1000).handle((done, failure) -> failure).join())
                .isInstanceOf(KvException.class);
        assertThat(session.put(A, A).join().revision()).isEqualTo(2);
    }

    @Test
    void aClientGoesOnWithItsSessionAfterARestartAndRepeatsWhatItHasNoAnswerOf() {
        KvSession session = kv.session().join();
        session.put(A, Bytes.utf8("1")).join();
        long unanswered = session.firstUnanswered();
        assertThat(session.compareAndSet(A, Bytes.utf8("1"), Bytes.utf8("2")).join())
                .isTrue();
        kv.close();
        kv = EmbeddedKv.builder().storage(storage).start();
        KvSession resumed = kv.session(session.id(), unanswered);
        assertThat(resumed.compareAndSet(A, Bytes.utf8("1"), Bytes.utf8("2")).join())
                .as("the answer of the first time, though the value is another now")
                .isTrue();
        assertThat(resumed.get(A).join()).contains(Bytes.utf8("2"));
        resumed.close();
        assertThat(resumed.put(A, A).handle((done, failure) -> failure).join())
                .isInstanceOf(SessionLostException.class);
    }
}
