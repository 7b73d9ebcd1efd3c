package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.Bytes;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The sentences of etcd's KV contract about revisions, puts, ranges, deletions and compaction. */
final class EtcdKvTest {
    private final Machine machine = new Machine();

    private static Bytes b(String text) {
        return Bytes.utf8(text);
    }

    private static KvPair pair(String key, long create, long mod, long version, String value) {
        return new KvPair(b(key), create, mod, version, b(value), 0);
    }

    private static PutRequest keepValue(String key, String value) {
        return new PutRequest(b(key), b(value), 0, true, true, false);
    }

    private RangeResponse range(RangeRequest request) {
        return machine.store.range(request);
    }

    private List<String> keys(RangeRequest request) {
        return range(request).pairs().stream().map(pair -> pair.key().toUtf8()).toList();
    }

    private RangeRequest everything() {
        return RangeRequest.of(KeyRange.all());
    }

    private static void refused(KvException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KvException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void theRevisionStartsAtOneAndTheFirstWriteMakesTwo() {
        assertThat(range(everything()).revision()).isEqualTo(1);
        assertThat(machine.put("a", "1").revision()).isEqualTo(2);
    }

    @Test
    void whatChangesNothingDoesNotRaiseTheRevision() {
        machine.put("a", "1");
        assertThat(machine.delete("b").revision()).isEqualTo(2);
        TxnRequest failed = TxnRequest.when(Compare.missing(b("a"))).then(PutRequest.of(b("a"), b("2")));
        assertThat(machine.txn(failed).revision()).isEqualTo(2);
        assertThat(machine.txn(TxnRequest.of(everything())).revision()).isEqualTo(2);
        assertThat(machine.txn(TxnRequest.of(DeleteRangeRequest.of(b("b")))).revision())
                .isEqualTo(2);
        refused(KvException.Kind.KEY_NOT_FOUND, () -> machine.put(keepValue("b", "")));
        assertThat(machine.store.status().revision()).isEqualTo(2);
    }

    @Test
    void aPutAnswersThePairBeforeWhenAsked() {
        PutRequest request = PutRequest.of(b("a"), b("2")).withPrevPair();
        assertThat(machine.put("a", "1").prevPair()).isEmpty();
        assertThat(machine.put(request).prevPair()).contains(pair("a", 2, 2, 1, "1"));
        machine.delete("a");
        assertThat(machine.put(request).prevPair()).isEmpty();
    }

    @Test
    void aPutMayKeepTheValueOfAKeyThatExists() {
        machine.put("a", "1");
        assertThat(machine.put(keepValue("a", "")).prevPair()).contains(pair("a", 2, 2, 1, "1"));
        assertThat(range(RangeRequest.of(b("a"))).first()).contains(pair("a", 2, 3, 2, "1"));
        refused(KvException.Kind.KEY_NOT_FOUND, () -> machine.put(keepValue("b", "")));
        refused(KvException.Kind.VALUE_PROVIDED, () -> machine.put(keepValue("a", "2")));
    }

    @Test
    void aPutMayKeepTheLeaseOfAKeyThatExists() {
        PutRequest keepLease = new PutRequest(b("a"), b("2"), 0, false, false, true);
        refused(KvException.Kind.KEY_NOT_FOUND, () -> machine.put(keepLease));
        machine.put("a", "1");
        assertThat(machine.put(keepLease).revision()).isEqualTo(3);
        refused(
                KvException.Kind.LEASE_PROVIDED,
                () -> machine.put(new PutRequest(b("a"), b("2"), 7, false, false, true)));
    }

    @Test
    void anUnknownLeaseIsNotFound() {
        refused(
                KvException.Kind.LEASE_NOT_FOUND,
                () -> machine.put(new PutRequest(b("a"), b("2"), 7, false, false, false)));
        refused(
                KvException.Kind.LEASE_NOT_FOUND,
                () -> machine.put(new PutRequest(b("a"), Bytes.EMPTY, 7, false, true, false)));
        assertThat(range(everything()).count()).isZero();
    }

    @Test
    void versionsCountFromOneAndADeletionResetsThem() {
        machine.put("a", "1");
        machine.put("a", "2");
        assertThat(range(RangeRequest.of(b("a"))).first()).contains(pair("a", 2, 3, 2, "2"));
        machine.delete("a");
        machine.put("a", "3");
        assertThat(range(RangeRequest.of(b("a"))).first()).contains(pair("a", 5, 5, 1, "3"));
    }

    @Test
    void anEmptyEndMeansOneKeyAndAZeroByteNoEnd() {
        for (String key : List.of("a", "ab", "b", "c")) {
            machine.put(key, key);
        }
        assertThat(keys(RangeRequest.of(new KeyRange(b("a"), Bytes.EMPTY)))).containsExactly("a");
        assertThat(keys(RangeRequest.of(new KeyRange(b("ab"), b("\0"))))).containsExactly("ab", "b", "c");
        assertThat(keys(RangeRequest.of(new KeyRange(b("\0"), b("\0"))))).containsExactly("a", "ab", "b", "c");
        assertThat(keys(RangeRequest.of(KeyRange.between(b("a"), b("b"))))).containsExactly("a", "ab");
        assertThat(keys(RangeRequest.of(KeyRange.between(b("b"), b("b"))))).isEmpty();
        assertThat(keys(RangeRequest.of(KeyRange.between(b("c"), b("a"))))).isEmpty();
    }

    @Test
    void aPrefixEndsAtItsLastByteAddedOneWhichCarries() {
        byte[] full = {(byte) 0xff, (byte) 0xff};
        byte[] carry = {'a', (byte) 0xff};
        assertThat(KeyRange.prefix(b("ab"))).isEqualTo(KeyRange.between(b("ab"), b("ac")));
        assertThat(KeyRange.prefix(Bytes.wrap(carry))).isEqualTo(KeyRange.between(Bytes.wrap(carry), b("b")));
        assertThat(KeyRange.prefix(Bytes.wrap(full))).isEqualTo(KeyRange.from(Bytes.wrap(full)));
        assertThat(KeyRange.prefix(Bytes.EMPTY)).isEqualTo(KeyRange.all());
    }

    @Test
    void aLimitCutsThePairsAndSaysMoreWhileTheCountStaysWhole() {
        for (String key : List.of("a", "b", "c")) {
            machine.put(key, key);
        }
        RangeResponse cut = range(everything().withLimit(2));
        assertThat(cut.pairs()).containsExactly(pair("a", 2, 2, 1, "a"), pair("b", 3, 3, 1, "b"));
        assertThat(cut.more()).isTrue();
        assertThat(cut.count()).isEqualTo(3);
        RangeResponse whole = range(everything().withLimit(3));
        assertThat(whole.pairs()).hasSize(3);
        assertThat(whole.more()).isFalse();
        assertThat(range(everything().withLimit(-1)).pairs()).hasSize(3);
    }

    @Test
    void revisionBoundsFilterPairsAndNotTheCount() {
        machine.put("a", "1");
        machine.put("b", "1");
        machine.put("a", "2");
        assertThat(keys(everything().modifiedBetween(4, 0))).containsExactly("a");
        assertThat(keys(everything().modifiedBetween(0, 3))).containsExactly("b");
        assertThat(keys(everything().createdBetween(3, 3))).containsExactly("b");
        assertThat(keys(everything().createdBetween(0, 2))).containsExactly("a");
        assertThat(range(everything().createdBetween(9, 0)).count()).isEqualTo(2);
        assertThat(range(RangeRequest.of(b("a")).modifiedBetween(9, 0)).count()).isEqualTo(1);
        RangeResponse cut = range(everything().createdBetween(2, 0).withLimit(1));
        assertThat(cut.more()).isTrue();
        assertThat(cut.count()).isEqualTo(2);
    }

    @Test
    void anOldRevisionShowsWhatWas() {
        machine.put("a", "1");
        machine.put("a", "2");
        machine.delete("a");
        assertThat(range(RangeRequest.of(b("a")).atRevision(2)).first()).contains(pair("a", 2, 2, 1, "1"));
        assertThat(range(RangeRequest.of(b("a")).atRevision(3)).first()).contains(pair("a", 2, 3, 2, "2"));
        assertThat(range(RangeRequest.of(b("a")).atRevision(4)).first()).isEmpty();
        assertThat(range(everything().atRevision(3)).count()).isEqualTo(1);
        assertThat(range(everything().atRevision(3)).revision()).isEqualTo(4);
        assertThat(range(RangeRequest.of(b("a")).atRevision(-1)).first()).isEmpty();
    }

    @Test
    void aRevisionThatIsNotReachedIsAFutureRevision() {
        machine.put("a", "1");
        refused(KvException.Kind.FUTURE_REVISION, () -> range(everything().atRevision(3)));
        refused(
                KvException.Kind.FUTURE_REVISION,
                () -> machine.txn(TxnRequest.of(
                        PutRequest.of(b("b"), b("1")), everything().atRevision(3))));
        assertThat(range(everything()).count()).isEqualTo(1);
    }

    @Test
    void aRangeIsSortedByEachTargetBeforeTheLimit() {
        machine.put("a", "y");
        machine.put("b", "z");
        machine.put("c", "x");
        machine.put("c", "x");
        machine.put("a", "y");
        machine.put("a", "y");
        assertThat(keys(everything().sortedBy(SortTarget.KEY, SortOrder.DESCEND)))
                .containsExactly("c", "b", "a");
        assertThat(keys(everything().sortedBy(SortTarget.KEY, SortOrder.ASCEND)))
                .containsExactly("a", "b", "c");
        assertThat(keys(everything().sortedBy(SortTarget.VERSION, SortOrder.ASCEND)))
                .containsExactly("b", "c", "a");
        assertThat(keys(everything().sortedBy(SortTarget.CREATE, SortOrder.DESCEND)))
                .containsExactly("c", "b", "a");
        assertThat(keys(everything().sortedBy(SortTarget.MOD, SortOrder.ASCEND)))
                .containsExactly("b", "c", "a");
        assertThat(keys(everything().sortedBy(SortTarget.VALUE, SortOrder.DESCEND)))
                .containsExactly("b", "a", "c");
        assertThat(keys(everything().sortedBy(SortTarget.VALUE, SortOrder.NONE)))
                .containsExactly("c", "a", "b");
        assertThat(keys(everything().sortedBy(SortTarget.MOD, SortOrder.DESCEND).withLimit(1)))
                .containsExactly("a");
    }

    @Test
    void pairsThatAreEqualInTheTargetStandInKeyOrder() {
        for (String key : List.of("c", "a", "b")) {
            machine.put(key, "same");
        }
        assertThat(keys(everything().sortedBy(SortTarget.VALUE, SortOrder.DESCEND)))
                .containsExactly("a", "b", "c");
    }

    @Test
    void keysOnlyBlanksValuesAndCountOnlyPairs() {
        machine.put("a", "1");
        machine.put("b", "1");
        assertThat(range(RangeRequest.of(b("a")).withKeysOnly()).first()).contains(pair("a", 2, 2, 1, ""));
        assertThat(range(everything().withKeysOnly()).pairs()).contains(pair("b", 3, 3, 1, ""));
        RangeResponse counted = range(everything().withCountOnly().withLimit(1));
        assertThat(counted.pairs()).isEmpty();
        assertThat(counted.count()).isEqualTo(2);
        assertThat(counted.more()).isFalse();
    }

    @Test
    void aDeletionCountsAndShowsWhatItDeletedAtOneRevision() {
        machine.put("c", "1");
        machine.put("a", "1");
        machine.put("b", "1");
        DeleteRangeResponse some = machine.delete(
                DeleteRangeRequest.of(KeyRange.between(b("a"), b("c"))).withPrevPairs());
        assertThat(some.deleted()).isEqualTo(2);
        assertThat(some.revision()).isEqualTo(5);
        assertThat(some.prevPairs()).containsExactly(pair("a", 3, 3, 1, "1"), pair("b", 4, 4, 1, "1"));
        assertThat(machine.delete("c").prevPairs()).isEmpty();
        assertThat(machine.delete(DeleteRangeRequest.of(KeyRange.all())).deleted())
                .isZero();
    }

    @Test
    void aCompactionKeepsTheNewestVersionOfEachLiveKey() {
        machine.put("a", "1");
        machine.put("a", "2");
        machine.put("gone", "1");
        machine.delete("gone");
        machine.put("a", "3");
        machine.run(new CompactRequest(5, false));
        assertThat(keys(everything().atRevision(5))).containsExactly("a");
        assertThat(range(RangeRequest.of(b("a")).atRevision(5)).first()).contains(pair("a", 2, 3, 2, "2"));
        assertThat(range(RangeRequest.of(b("a")).atRevision(6)).first()).contains(pair("a", 2, 6, 3, "3"));
        refused(KvException.Kind.COMPACTED, () -> range(RangeRequest.of(b("a")).atRevision(4)));
        refused(
                KvException.Kind.COMPACTED,
                () -> machine.txn(TxnRequest.of(RangeRequest.of(b("a")).atRevision(4))));
    }

    @Test
    void aCompactionIsRefusedBehindTheLastOneAndAheadOfThePresent() {
        for (int i = 0; i < 5; i++) {
            machine.put("a", "1");
        }
        machine.run(new CompactRequest(4, false));
        refused(KvException.Kind.COMPACTED, () -> machine.run(new CompactRequest(4, false)));
        refused(KvException.Kind.COMPACTED, () -> machine.run(new CompactRequest(3, false)));
        refused(KvException.Kind.FUTURE_REVISION, () -> machine.run(new CompactRequest(7, false)));
        assertThat(machine.run(new CompactRequest(6, false)).revision()).isEqualTo(6);
        assertThat(machine.store.status().compactedRevision()).isEqualTo(6);
    }

    @Test
    void anEmptyKeyIsRefusedEverywhere() {
        for (KvOp op : List.of(
                PutRequest.of(Bytes.EMPTY, b("1")),
                DeleteRangeRequest.of(Bytes.EMPTY),
                DeleteRangeRequest.of(KeyRange.from(Bytes.EMPTY)),
                RangeRequest.of(Bytes.EMPTY),
                TxnRequest.when(Compare.exists(Bytes.EMPTY)))) {
            refused(KvException.Kind.KEY_NOT_PROVIDED, () -> machine.run(op));
            refused(KvException.Kind.KEY_NOT_PROVIDED, () -> machine.run(TxnRequest.of(op)));
            refused(
                    KvException.Kind.KEY_NOT_PROVIDED,
                    () -> machine.run(TxnRequest.when().otherwise(TxnRequest.of(op))));
        }
        refused(KvException.Kind.KEY_NOT_PROVIDED, () -> range(RangeRequest.of(Bytes.EMPTY)));
    }

    @Test
    void aReadOfSeveralKeysIsInTheOrderAskedAndEmptyWhenOneIsMissing() {
        machine.put("a", "1");
        machine.put("b", "2");
        assertThat(machine.store.read(List.of(b("b"), b("a"), b("b"))).orElseThrow())
                .extracting(found -> found.value().toUtf8())
                .containsExactly("2", "1", "2");
        assertThat(machine.store.read(List.of(b("a"), b("c")))).isEqualTo(Optional.empty());
        assertThat(machine.store.read(List.of())).contains(Collections.emptyList());
    }

    @Test
    void whatIsNotPublishedIsNotSeen() {
        machine.put("a", "1");
        machine.apply(PutRequest.of(b("a"), b("2")));
        machine.apply(DeleteRangeRequest.of(b("a")));
        machine.apply(PutRequest.of(b("b"), b("2")));
        assertThat(range(everything()).pairs()).containsExactly(pair("a", 2, 2, 1, "1"));
        assertThat(range(RangeRequest.of(b("b"))).first()).isEmpty();
        assertThat(range(everything().withCountOnly()).count()).isEqualTo(1);
        refused(KvException.Kind.FUTURE_REVISION, () -> range(everything().atRevision(3)));
        machine.endChunk();
        assertThat(range(everything()).pairs()).containsExactly(pair("b", 5, 5, 1, "2"));
    }

    @Test
    void valuesAreKeptWithoutTheLargerArrayTheyCameIn() {
        byte[] large = new byte[4_096];
        Arrays.fill(large, (byte) 'x');
        Bytes array = Bytes.wrap(large);
        machine.put(PutRequest.of(array.slice(0, 3), array.slice(10, 14)));
        large[1] = 'y';
        large[11] = 'y';
        assertThat(range(everything()).pairs()).containsExactly(pair("xxx", 2, 2, 1, "xxxx"));
    }
}
