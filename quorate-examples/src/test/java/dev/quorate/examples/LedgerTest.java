package dev.quorate.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.QuorateNode;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import dev.quorate.wal.FileStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LedgerTest {
    @TempDir
    Path directory;

    private long index;

    @Test
    void transferMovesTheAmountOrNothing() {
        Ledger ledger = new Ledger();
        assertThat(apply(ledger, Ledger.transfer("bank", "ann", 500))).isEqualTo("done");
        assertThat(apply(ledger, Ledger.transfer("ann", "ben", 200))).isEqualTo("done");
        assertThat(apply(ledger, Ledger.transfer("ben", "ann", 201))).isEqualTo("refused: ben has 200");
        assertThat(ledger.balance("ann")).isEqualTo(300);
        assertThat(ledger.balance("ben")).isEqualTo(200);
        assertThat(ledger.balance("bank")).isEqualTo(-500);
    }

    @Test
    void whatIsNoTransferIsAnsweredAndChangesNothing() {
        Ledger ledger = new Ledger();
        for (String command : List.of("", "bank ann", "bank ann -5", "bank ann 1e3", "bank ann 9999999999999")) {
            assertThat(apply(ledger, Bytes.utf8(command))).startsWith("refused");
        }
        assertThat(ledger.balance("ann")).isZero();
    }

    @Test
    void restoredLedgerIsTheOneThatWasFrozen() throws IOException {
        Ledger ledger = new Ledger();
        apply(ledger, Ledger.transfer("bank", "ann", 500));
        FrozenState frozen = ledger.freeze();
        apply(ledger, Ledger.transfer("ann", "ben", 100));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        assertThat(frozen.write(content)).isFalse();

        Ledger restored = new Ledger();
        restored.restore(new ByteArrayInputStream(content.toByteArray()), new LogId(1, 1));
        assertThat(restored.balance("ann")).isEqualTo(500);
        assertThat(restored.balance("ben")).isZero();
    }

    @Test
    void oneNodeKeepsTheLedgerOverRestarts() {
        assertThat(LedgerOnOneNode.payIn(directory, "ann", 500)).isEqualTo(500);
        assertThat(LedgerOnOneNode.payIn(directory, "ann", 500)).isEqualTo(1000);
    }

    @Test
    void snapshotBringsTheLedgerBackToo() {
        try (QuorateNode node = QuorateNode.builder()
                .storage(FileStorage.in(directory))
                .stateMachine(new Ledger())
                .start()) {
            node.propose(Ledger.transfer("bank", "ann", 500)).join();
            node.snapshot().join();
            node.propose(Ledger.transfer("bank", "ann", 11)).join();
        }
        assertThat(LedgerOnOneNode.payIn(directory, "ann", 500)).isEqualTo(1011);
    }

    @Test
    void threeNodesKeepEveryTransferWhenTheLeaderIsLost() {
        try (LedgerOnThreeNodes ledger = new LedgerOnThreeNodes(directory)) {
            for (int i = 0; i < 20; i++) {
                assertThat(ledger.transfer("bank", "ann", 10)).isEqualTo("done");
            }
            NodeId lost = ledger.leader();
            ledger.stop(lost);
            for (int i = 0; i < 20; i++) {
                assertThat(ledger.transfer("ann", "ben", 5)).isEqualTo("done");
            }
            ledger.start(lost);
            for (NodeId id : List.of(NodeId.of(1), NodeId.of(2), NodeId.of(3))) {
                assertThat(ledger.balance(id, "ann")).isEqualTo(100);
                assertThat(ledger.balance(id, "ben")).isEqualTo(100);
            }
        }
    }

    private String apply(Ledger ledger, Bytes command) {
        index++;
        return ledger.apply(new Entry(new LogId(1, index), EntryKind.COMMAND, command, 0))
                .toUtf8();
    }
}
