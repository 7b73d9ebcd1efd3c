package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private final KeySpace space = new KeySpace(new Shape("b/", 10, 8, 20, 1, 0, 1), 1);
    private final Ledger ledger = new Ledger(space);

    @Test
    void aKeyThatNobodyAcknowledgedMayHoldAnything() {
        assertThat(ledger.problem(1, null)).isEmpty();
        assertThat(ledger.problem(1, found(1, 5, 9, ByteString.EMPTY))).isEmpty();
        assertThat(ledger.isWritten(1)).isFalse();
    }

    @Test
    void anAcknowledgedWriteIsThereOrMissing() {
        long ticket = ledger.nextTicket();
        ledger.acknowledge(1, ticket, 5);
        assertThat(ledger.problem(1, found(1, 5, 1, space.value(1, ticket)))).isEmpty();
        assertThat(ledger.problem(1, null)).hasValue("b/000001 is missing, acknowledged at revision 5");
        assertThat(ledger.isWritten(1)).isTrue();
        assertThat(ledger.writes()).isEqualTo(1);
    }

    @Test
    void anOlderRevisionThanAcknowledgedIsALostWrite() {
        long first = ledger.nextTicket();
        ledger.acknowledge(1, first, 5);
        ledger.acknowledge(1, ledger.nextTicket(), 6);
        assertThat(ledger.problem(1, found(1, 5, 1, space.value(1, first))))
                .hasValue("b/000001 is of revision 5, acknowledged was 6");
    }

    @Test
    void aLostWriteBelowANewerOneShowsInTheVersion() {
        ledger.acknowledge(1, ledger.nextTicket(), 5);
        long second = ledger.nextTicket();
        ledger.acknowledge(1, second, 6);
        assertThat(ledger.problem(1, found(1, 6, 1, space.value(1, second))))
                .hasValue("b/000001 has version 1, acknowledged were 2 writes");
        assertThat(ledger.problem(1, found(1, 6, 2, space.value(1, second)))).isEmpty();
    }

    @Test
    void acknowledgementsMayOvertakeEachOther() {
        long first = ledger.nextTicket();
        long second = ledger.nextTicket();
        ledger.acknowledge(1, second, 6);
        ledger.acknowledge(1, first, 5);
        assertThat(ledger.problem(1, found(1, 6, 2, space.value(1, second)))).isEmpty();
        assertThat(ledger.acknowledged(1)).isEqualTo(6);
        assertThat(ledger.seen(1)).isEqualTo(6);
    }

    @Test
    void aNewerWriteWithoutAnAnswerMayBeThere() {
        ledger.acknowledge(1, ledger.nextTicket(), 5);
        long unknown = ledger.nextTicket();
        assertThat(ledger.problem(1, found(1, 8, 2, space.value(1, unknown)))).isEmpty();
    }

    @Test
    void theValueOfAnotherWriteIsWrong() {
        long ticket = ledger.nextTicket();
        ledger.acknowledge(1, ticket, 5);
        assertThat(ledger.problem(1, found(1, 5, 1, space.value(1, ticket + 1))))
                .isPresent();
        assertThat(ledger.problem(1, found(1, 6, 2, space.value(2, ticket))))
                .hasValue("b/000001 holds what was not written to it");
    }

    @Test
    void aKeyThatIsGoneIsSeenAtNoRevision() {
        ledger.saw(1, 7);
        ledger.saw(1, 6);
        assertThat(ledger.seen(1)).isEqualTo(7);
        ledger.saw(1, 0);
        assertThat(ledger.seen(1)).isZero();
    }

    private KeyValue found(int key, long revision, long version, ByteString value) {
        return KeyValue.newBuilder()
                .setKey(space.key(key))
                .setModRevision(revision)
                .setVersion(version)
                .setValue(value)
                .build();
    }
}
