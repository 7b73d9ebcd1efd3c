package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The sentences of etcd's KV contract about transactions. */
final class EtcdTxnTest {
    private final Machine machine = new Machine();

    private static Bytes b(String text) {
        return Bytes.utf8(text);
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.of(b(key), b(value));
    }

    private boolean holds(Compare... compares) {
        TxnRequest txn = TxnRequest.when(compares);
        boolean read = machine.store.txn(txn).succeeded();
        assertThat(machine.txn(txn).succeeded()).isEqualTo(read);
        return read;
    }

    private String value(String key) {
        return machine.store
                .range(RangeRequest.of(b(key)))
                .first()
                .map(pair -> pair.value().toUtf8())
                .orElse("none");
    }

    private static void refused(KvException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KvException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void everyTargetIsComparedInEveryWay() {
        machine.put("a", "1");
        machine.put("b", "1");
        machine.put("a", "2");
        record Case(CompareTarget target, long below, long same, long above) {}
        for (Case each : List.of(
                new Case(CompareTarget.VERSION, 1, 2, 3),
                new Case(CompareTarget.CREATE, 1, 2, 3),
                new Case(CompareTarget.MOD, 3, 4, 5),
                new Case(CompareTarget.LEASE, -1, 0, 1))) {
            CompareTarget target = each.target();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.EQUAL, each.same())))
                    .isTrue();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.EQUAL, each.above())))
                    .isFalse();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.NOT_EQUAL, each.above())))
                    .isTrue();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.NOT_EQUAL, each.same())))
                    .isFalse();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.GREATER, each.below())))
                    .isTrue();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.GREATER, each.same())))
                    .isFalse();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.LESS, each.above())))
                    .isTrue();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.LESS, each.same())))
                    .isFalse();
        }
        assertThat(holds(Compare.value(b("a"), CompareResult.EQUAL, b("2")))).isTrue();
        assertThat(holds(Compare.value(b("a"), CompareResult.EQUAL, b("1")))).isFalse();
        assertThat(holds(Compare.value(b("a"), CompareResult.GREATER, b("1\0"))))
                .isTrue();
        assertThat(holds(Compare.value(b("a"), CompareResult.LESS, b("2\0")))).isTrue();
        assertThat(holds(Compare.value(b("a"), CompareResult.NOT_EQUAL, b("22"))))
                .isTrue();
    }

    @Test
    void aMissingKeyComparesAsZerosAndFailsForItsValue() {
        for (CompareTarget target :
                List.of(CompareTarget.VERSION, CompareTarget.CREATE, CompareTarget.MOD, CompareTarget.LEASE)) {
            assertThat(holds(Compare.of(b("a"), target, CompareResult.EQUAL, 0)))
                    .isTrue();
            assertThat(holds(Compare.of(b("a"), target, CompareResult.GREATER, 0)))
                    .isFalse();
        }
        assertThat(holds(Compare.value(b("a"), CompareResult.EQUAL, Bytes.EMPTY)))
                .isFalse();
        assertThat(holds(Compare.value(b("a"), CompareResult.NOT_EQUAL, b("1"))))
                .isFalse();
    }

    @Test
    void aConditionOverARangeIsAboutEveryKeyInIt() {
        KeyRange all = KeyRange.all();
        Compare young = new Compare(all, CompareTarget.VERSION, CompareResult.LESS, 2, Bytes.EMPTY);
        assertThat(holds(young)).isTrue();
        assertThat(holds(new Compare(all, CompareTarget.VERSION, CompareResult.GREATER, 0, Bytes.EMPTY)))
                .isFalse();
        assertThat(holds(new Compare(all, CompareTarget.VALUE, CompareResult.NOT_EQUAL, 0, b("x"))))
                .isFalse();
        machine.put("a", "1");
        machine.put("b", "1");
        assertThat(holds(young)).isTrue();
        machine.put("b", "2");
        assertThat(holds(young)).isFalse();
    }

    @Test
    void everyConditionMustHold() {
        machine.put("a", "1");
        assertThat(holds()).isTrue();
        assertThat(holds(Compare.exists(b("a")), Compare.missing(b("b")))).isTrue();
        assertThat(holds(Compare.exists(b("a")), Compare.exists(b("b")))).isFalse();
    }

    @Test
    void onePathRunsInOrder() {
        TxnRequest txn = TxnRequest.when(Compare.missing(b("a")))
                .then(put("a", "1"), RangeRequest.of(b("a")))
                .otherwise(DeleteRangeRequest.of(b("a")), RangeRequest.of(b("a")));
        TxnResponse first = machine.txn(txn);
        KvPair pair = new KvPair(b("a"), 2, 2, 1, b("1"), 0);
        assertThat(first.succeeded()).isTrue();
        assertThat(first.responses())
                .containsExactly(new PutResponse(2, Optional.empty()), new RangeResponse(2, List.of(pair), false, 1));
        TxnResponse second = machine.txn(txn);
        assertThat(second.succeeded()).isFalse();
        assertThat(second.responses())
                .containsExactly(new DeleteRangeResponse(3, 1, List.of()), new RangeResponse(3, List.of(), false, 0));
    }

    @Test
    void allWritesOfATransactionShareOneRevision() {
        TxnResponse response = machine.txn(TxnRequest.of(
                put("a", "1"), put("b", "1"), TxnRequest.of(put("c", "1")), DeleteRangeRequest.of(b("x"))));
        assertThat(response.revision()).isEqualTo(2);
        assertThat(machine.store.range(RangeRequest.of(KeyRange.all())).pairs())
                .extracting(KvPair::modRevision)
                .containsExactly(2L, 2L, 2L);
        assertThat(machine.put("d", "1").revision()).isEqualTo(3);
    }

    @Test
    void aReadSeesTheWritesBeforeItAndNotThoseBehind() {
        TxnResponse response = machine.txn(TxnRequest.of(
                RangeRequest.of(KeyRange.all()),
                put("a", "1"),
                RangeRequest.of(KeyRange.all()),
                put("b", "1"),
                DeleteRangeRequest.of(KeyRange.from(b("x"))),
                RangeRequest.of(KeyRange.all()).withCountOnly(),
                RangeRequest.of(KeyRange.all()).atRevision(1)));
        assertThat(response.responses())
                .filteredOn(RangeResponse.class::isInstance)
                .extracting(each -> ((RangeResponse) each).count())
                .containsExactly(0L, 1L, 2L, 0L);
        assertThat(response.responses()).extracting(KvResponse::revision).containsExactly(1L, 2L, 2L, 2L, 2L, 2L, 2L);
    }

    @Test
    void nestedConditionsLookAtTheStateBeforeTheTransaction() {
        TxnRequest nested =
                TxnRequest.when(Compare.exists(b("a"))).then(put("b", "seen")).otherwise(put("b", "not"));
        machine.txn(TxnRequest.of(put("a", "1"), nested));
        assertThat(value("b")).isEqualTo("not");
        machine.txn(TxnRequest.of(DeleteRangeRequest.of(b("a")), nested));
        assertThat(value("b")).isEqualTo("seen");
    }

    @Test
    void nestedTransactionsAnswerInTheirPlace() {
        TxnResponse response = machine.txn(TxnRequest.of(
                put("a", "1"),
                TxnRequest.when(Compare.exists(b("a"))).otherwise(TxnRequest.of(put("b", "2"))),
                RangeRequest.of(b("b"))));
        TxnResponse nested = (TxnResponse) response.responses().get(1);
        assertThat(nested.succeeded()).isFalse();
        assertThat(((TxnResponse) nested.responses().get(0)).responses()).hasSize(1);
        assertThat(((RangeResponse) response.responses().get(2)).count()).isEqualTo(1);
    }

    @Test
    void aPutThatKeepsTheValueNeedsTheKeyOnThePathThatIsTaken() {
        PutRequest keep = new PutRequest(b("a"), Bytes.EMPTY, 0, false, true, false);
        refused(KvException.Kind.KEY_NOT_FOUND, () -> machine.txn(TxnRequest.of(put("b", "1"), keep)));
        assertThat(value("b")).isEqualTo("none");
        assertThat(machine.txn(TxnRequest.of(put("b", "1")).otherwise(keep)).succeeded())
                .isTrue();
        machine.put("a", "1");
        assertThat(machine.txn(TxnRequest.of(keep, put("b", "2"))).revision()).isEqualTo(4);
        assertThat(value("a")).isEqualTo("1");
    }

    @Test
    void aLeaseMustExistOnThePathThatIsTaken() {
        PutRequest leased = new PutRequest(b("a"), b("1"), 9, false, false, false);
        refused(KvException.Kind.LEASE_NOT_FOUND, () -> machine.txn(TxnRequest.of(leased)));
        assertThat(machine.txn(TxnRequest.when(Compare.missing(b("a"))).otherwise(leased))
                        .succeeded())
                .isTrue();
    }

    @Test
    void aKeyPutTwiceOnOnePathIsRefused() {
        List<TxnRequest> twice = List.of(
                TxnRequest.of(put("a", "1"), put("a", "2")),
                TxnRequest.when(Compare.exists(b("x"))).otherwise(put("a", "1"), put("a", "2")),
                TxnRequest.of(put("a", "1"), TxnRequest.of(put("a", "2"))),
                TxnRequest.of(TxnRequest.of(put("a", "1")), TxnRequest.when().otherwise(put("a", "2"))),
                TxnRequest.of(TxnRequest.of(put("a", "1"), put("a", "2"))));
        for (TxnRequest txn : twice) {
            refused(KvException.Kind.DUPLICATE_KEY, () -> machine.txn(txn));
        }
        assertThat(machine.store.status().revision()).isEqualTo(1);
    }

    @Test
    void aKeyPutAndDeletedOnOnePathIsRefused() {
        DeleteRangeRequest range = DeleteRangeRequest.of(KeyRange.between(b("a"), b("c")));
        List<TxnRequest> both = List.of(
                TxnRequest.of(put("b", "1"), range),
                TxnRequest.of(range, put("b", "1")),
                TxnRequest.of(DeleteRangeRequest.of(b("b")), put("b", "1")),
                TxnRequest.of(put("b", "1"), DeleteRangeRequest.of(KeyRange.from(b("a")))),
                TxnRequest.of(put("b", "1"), TxnRequest.of(range)),
                TxnRequest.of(TxnRequest.of(put("b", "1")), range),
                TxnRequest.of(TxnRequest.of(range), TxnRequest.of(put("b", "1"))));
        for (TxnRequest txn : both) {
            refused(KvException.Kind.DUPLICATE_KEY, () -> machine.txn(txn));
        }
    }

    @Test
    void pathsThatExcludeEachOtherMayWriteTheSameKey() {
        TxnRequest either =
                TxnRequest.when(Compare.missing(b("a"))).then(put("a", "1")).otherwise(DeleteRangeRequest.of(b("a")));
        assertThat(machine.txn(either).succeeded()).isTrue();
        assertThat(machine.txn(TxnRequest.of(either)).revision()).isEqualTo(3);
        DeleteRangeRequest beside = DeleteRangeRequest.of(KeyRange.between(b("b"), b("d")));
        TxnRequest apart = TxnRequest.of(
                put("a", "1"), beside, put("d", "1"), DeleteRangeRequest.of(KeyRange.between(b("z"), b("a"))));
        assertThat(machine.txn(apart).revision()).isEqualTo(4);
    }

    @Test
    void aLaterNestedTransactionMayDeleteWhatAnEarlierOnePut() {
        machine.put("a", "0");
        TxnResponse response = machine.txn(TxnRequest.of(
                TxnRequest.of(put("a", "1")), TxnRequest.of(DeleteRangeRequest.of(b("a")), RangeRequest.of(b("a")))));
        TxnResponse second = (TxnResponse) response.responses().get(1);
        assertThat(second.responses())
                .containsExactly(new DeleteRangeResponse(3, 1, List.of()), new RangeResponse(3, List.of(), false, 0));
        assertThat(value("a")).isEqualTo("none");
        assertThat(machine.store.range(RangeRequest.of(b("a")).atRevision(2)).count())
                .isEqualTo(1);
        machine.put("a", "2");
        assertThat(machine.store.range(RangeRequest.of(b("a"))).first())
                .contains(new KvPair(b("a"), 4, 4, 1, b("2"), 0));
    }

    @Test
    void moreThanHundredTwentyEightOfAListAreTooMany() {
        List<Compare> compares = Collections.nCopies(128, Compare.missing(b("a")));
        List<KvOp> ops = Collections.nCopies(128, RangeRequest.of(b("a")));
        assertThat(machine.txn(new TxnRequest(compares, ops, ops)).responses()).hasSize(128);
        List<Compare> moreCompares = Collections.nCopies(129, Compare.missing(b("a")));
        List<KvOp> moreOps = Collections.nCopies(129, RangeRequest.of(b("a")));
        for (TxnRequest txn : List.of(
                new TxnRequest(moreCompares, List.of(), List.of()),
                new TxnRequest(List.of(), moreOps, List.of()),
                new TxnRequest(List.of(), List.of(), moreOps))) {
            refused(KvException.Kind.TOO_MANY_OPS, () -> machine.txn(txn));
            refused(KvException.Kind.TOO_MANY_OPS, () -> machine.store.txn(txn));
        }
    }

    @Test
    void aNestedListMayHaveWhatTheListsAroundItLeave() {
        List<KvOp> outer = new ArrayList<>(Collections.nCopies(99, RangeRequest.of(b("a"))));
        outer.add(new TxnRequest(List.of(), Collections.nCopies(28, RangeRequest.of(b("a"))), List.of()));
        assertThat(machine.txn(new TxnRequest(List.of(), outer, List.of())).responses())
                .hasSize(100);
        outer.set(99, new TxnRequest(List.of(), Collections.nCopies(29, RangeRequest.of(b("a"))), List.of()));
        refused(KvException.Kind.TOO_MANY_OPS, () -> machine.txn(new TxnRequest(List.of(), outer, List.of())));
    }

    @Test
    void compareAndSetReplacesOnlyTheExpectedValue() {
        machine.put("a", "1");
        assertThat(machine.txn(TxnRequest.compareAndSet(b("a"), b("2"), b("3"))).succeeded())
                .isFalse();
        assertThat(machine.txn(TxnRequest.compareAndSet(b("a"), b("1"), b("2"))).succeeded())
                .isTrue();
        assertThat(value("a")).isEqualTo("2");
        assertThat(machine.txn(TxnRequest.compareAndSet(b("b"), Bytes.EMPTY, b("3")))
                        .succeeded())
                .isFalse();
    }
}
