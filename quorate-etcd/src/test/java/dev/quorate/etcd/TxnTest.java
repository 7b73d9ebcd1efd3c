package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.Compare.CompareResult;
import dev.quorate.etcd.wire.Compare.CompareTarget;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.ResponseOp;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import io.grpc.Status.Code;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Txn, sentence by sentence of the wire contract. */
final class TxnTest {
    private final EtcdFixture etcd = EtcdFixture.start();

    TxnTest() throws IOException {}

    @AfterEach
    void stop() {
        etcd.close();
    }

    @Test
    void successHappensWhenAllComparesHoldElseFailure() {
        put("a", "1");
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .addCompare(value("a", CompareResult.EQUAL, "1"))
                .addCompare(number(CompareTarget.VERSION, "a", CompareResult.EQUAL, 1))
                .addSuccess(putOp("a", "yes"))
                .addFailure(putOp("a", "no"));
        assertThat(txn(txn).getSucceeded()).isTrue();
        assertThat(get("a")).contains("yes");
        assertThat(txn(txn).getSucceeded()).isFalse();
        assertThat(get("a")).contains("no");
    }

    @Test
    void withoutComparesItIsSuccess() {
        assertThat(txn(TxnRequest.newBuilder().addSuccess(putOp("a", "1"))).getSucceeded())
                .isTrue();
    }

    /** The key has version 2, was created at 2, changed at 4; there is no lease. */
    @ParameterizedTest
    @CsvSource({
        "VERSION, EQUAL, 2, true",
        "VERSION, EQUAL, 1, false",
        "VERSION, GREATER, 1, true",
        "VERSION, GREATER, 2, false",
        "VERSION, LESS, 3, true",
        "VERSION, LESS, 2, false",
        "VERSION, NOT_EQUAL, 1, true",
        "VERSION, NOT_EQUAL, 2, false",
        "CREATE, EQUAL, 2, true",
        "CREATE, GREATER, 2, false",
        "MOD, EQUAL, 4, true",
        "MOD, LESS, 4, false",
        "LEASE, EQUAL, 0, true",
        "LEASE, GREATER, 0, false",
    })
    void numbersAreCompared(CompareTarget target, CompareResult result, long number, boolean holds) {
        put("a", "1");
        put("b", "1");
        put("a", "2");
        assertThat(holds(number(target, "a", result, number))).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        "EQUAL, m, true",
        "EQUAL, n, false",
        "GREATER, l, true",
        "GREATER, m, false",
        "LESS, mm, true",
        "LESS, m, false",
        "NOT_EQUAL, l, true",
        "NOT_EQUAL, m, false",
    })
    void valuesAreComparedAsBytes(CompareResult result, String value, boolean holds) {
        put("a", "m");
        assertThat(holds(value("a", result, value))).isEqualTo(holds);
    }

    @Test
    void aMissingKeyComparesWithZeros() {
        assertThat(holds(number(CompareTarget.VERSION, "x", CompareResult.EQUAL, 0)))
                .isTrue();
        assertThat(holds(number(CompareTarget.CREATE, "x", CompareResult.LESS, 1)))
                .isTrue();
        assertThat(holds(number(CompareTarget.MOD, "x", CompareResult.GREATER, 0)))
                .isFalse();
        assertThat(holds(number(CompareTarget.LEASE, "x", CompareResult.EQUAL, 0)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"EQUAL", "NOT_EQUAL", "GREATER", "LESS"})
    void aMissingKeyFailsEveryComparisonOfItsValue(CompareResult result) {
        assertThat(holds(value("x", result, ""))).isFalse();
        assertThat(holds(value("x", result, "1"))).isFalse();
    }

    @Test
    void aRangeEndComparesEveryKeyInTheRange() {
        put("a", "1");
        put("b", "1");
        Compare.Builder all =
                number(CompareTarget.VERSION, "a", CompareResult.EQUAL, 1).setRangeEnd(bytes("c"));
        assertThat(holds(all)).isTrue();
        put("b", "2");
        assertThat(holds(all)).isFalse();
    }

    @Test
    void allWritesShareOneRevision() {
        TxnResponse answer =
                txn(TxnRequest.newBuilder().addSuccess(putOp("a", "1")).addSuccess(putOp("b", "1")));
        assertThat(answer.getHeader().getRevision()).isEqualTo(2);
        assertThat(answer.getResponses(1).getResponsePut().getHeader().getRevision())
                .isEqualTo(2);
        RangeRequest both = RangeRequest.newBuilder()
                .setKey(bytes("a"))
                .setRangeEnd(bytes("z"))
                .build();
        assertThat(etcd.kv().range(both).getKvsList()).allMatch(pair -> pair.getModRevision() == 2);
    }

    @Test
    void aTransactionThatWritesNothingDoesNotRaiseTheRevision() {
        put("a", "1");
        TxnRequest.Builder readOnly = TxnRequest.newBuilder().addSuccess(getOp("a"));
        assertThat(txn(readOnly).getHeader().getRevision()).isEqualTo(2);
        TxnRequest.Builder failed = TxnRequest.newBuilder()
                .addCompare(value("a", CompareResult.EQUAL, "no"))
                .addSuccess(putOp("a", "2"));
        assertThat(txn(failed).getHeader().getRevision()).isEqualTo(2);
        TxnRequest.Builder nothing = TxnRequest.newBuilder().addSuccess(deleteOp("x", ""));
        assertThat(txn(nothing).getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void aReadSeesTheWritesBeforeIt() {
        TxnResponse answer = txn(TxnRequest.newBuilder()
                .addSuccess(getOp("a"))
                .addSuccess(putOp("a", "1"))
                .addSuccess(getOp("a"))
                .addSuccess(deleteOp("b", ""))
                .addSuccess(getOp("a")));
        assertThat(answer.getResponses(0).getResponseRange().getCount()).isZero();
        assertThat(answer.getResponses(2).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(answer.getResponsesList())
                .extracting(ResponseOp::getResponseCase)
                .containsExactly(
                        ResponseOp.ResponseCase.RESPONSE_RANGE,
                        ResponseOp.ResponseCase.RESPONSE_PUT,
                        ResponseOp.ResponseCase.RESPONSE_RANGE,
                        ResponseOp.ResponseCase.RESPONSE_DELETE_RANGE,
                        ResponseOp.ResponseCase.RESPONSE_RANGE);
    }

    @Test
    void transactionsNest() {
        put("a", "1");
        TxnRequest inner = TxnRequest.newBuilder()
                .addCompare(value("a", CompareResult.EQUAL, "1"))
                .addSuccess(putOp("b", "inner"))
                .build();
        TxnResponse answer = txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
                .addSuccess(putOp("c", "outer")));
        assertThat(answer.getResponses(0).getResponseTxn().getSucceeded()).isTrue();
        assertThat(get("b")).contains("inner");
        assertThat(get("c")).contains("outer");
        assertThat(answer.getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void aKeyPutTwiceOnOnePathIsRefused() {
        refusedAsDuplicate(TxnRequest.newBuilder().addSuccess(putOp("a", "1")).addSuccess(putOp("a", "2")));
        refusedAsDuplicate(TxnRequest.newBuilder().addFailure(putOp("a", "1")).addFailure(putOp("a", "2")));
        assertThat(txn(TxnRequest.newBuilder().addSuccess(putOp("a", "1")).addFailure(putOp("a", "2")))
                        .getSucceeded())
                .isTrue();
    }

    @Test
    void aKeyPutAndDeletedByAnOverlappingRangeIsRefused() {
        refusedAsDuplicate(TxnRequest.newBuilder().addSuccess(putOp("b", "1")).addSuccess(deleteOp("a", "c")));
        refusedAsDuplicate(
                TxnRequest.newBuilder().addSuccess(deleteOp("a", "c")).addSuccess(putOp("b", "1")));
    }

    @Test
    void aKeyMayBeDeletedTwice() {
        put("b", "1");
        TxnResponse answer =
                txn(TxnRequest.newBuilder().addSuccess(deleteOp("a", "c")).addSuccess(deleteOp("b", "")));
        assertThat(answer.getResponses(0).getResponseDeleteRange().getDeleted()).isEqualTo(1);
        assertThat(answer.getResponses(1).getResponseDeleteRange().getDeleted()).isZero();
    }

    @Test
    void moreThan128OperationsAreRefused() {
        TxnRequest.Builder many = TxnRequest.newBuilder();
        for (int i = 0; i < 128; i++) {
            many.addSuccess(putOp("k" + i, "1"));
        }
        assertThat(txn(many).getResponsesCount()).isEqualTo(128);
        many.addSuccess(putOp("k128", "1"));
        Refused.with(Code.INVALID_ARGUMENT, "too many operations in txn request", () -> txn(many));
        TxnRequest.Builder compares = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            compares.addCompare(number(CompareTarget.VERSION, "k" + i, CompareResult.GREATER, 0));
        }
        Refused.with(Code.INVALID_ARGUMENT, "too many operations in txn request", () -> txn(compares));
    }

    @Test
    void anEmptyKeyAnywhereIsRefused() {
        Refused.with(
                Code.INVALID_ARGUMENT,
                "key is not provided",
                () -> txn(TxnRequest.newBuilder().addCompare(value("", CompareResult.EQUAL, ""))));
        Refused.with(
                Code.INVALID_ARGUMENT,
                "key is not provided",
                () -> txn(TxnRequest.newBuilder().addFailure(putOp("", ""))));
        Refused.with(
                Code.INVALID_ARGUMENT,
                "key is not provided",
                () -> txn(TxnRequest.newBuilder().addSuccess(getOp(""))));
        Refused.with(
                Code.INVALID_ARGUMENT,
                "key is not provided",
                () -> txn(TxnRequest.newBuilder().addSuccess(deleteOp("", ""))));
    }

    @Test
    void anOperationOfNoKindIsRefusedInEtcdsWords() {
        Refused.with(
                Code.INVALID_ARGUMENT,
                "key not found",
                () -> txn(TxnRequest.newBuilder().addSuccess(RequestOp.getDefaultInstance())));
    }

    @Test
    void aRefusedOperationUndoesTheWholeTransaction() {
        PutRequest ignoring = PutRequest.newBuilder()
                .setKey(bytes("missing"))
                .setIgnoreValue(true)
                .build();
        Refused.with(
                Code.INVALID_ARGUMENT,
                "key not found",
                () -> txn(TxnRequest.newBuilder()
                        .addSuccess(putOp("a", "1"))
                        .addSuccess(RequestOp.newBuilder().setRequestPut(ignoring))));
        assertThat(get("a")).isEmpty();
    }

    @Test
    void aFutureRevisionInsideIsRefusedAndNothingIsWritten() {
        RangeRequest future =
                RangeRequest.newBuilder().setKey(bytes("a")).setRevision(100).build();
        Refused.with(
                Code.OUT_OF_RANGE,
                "mvcc: required revision is a future revision",
                () -> txn(TxnRequest.newBuilder()
                        .addSuccess(putOp("a", "1"))
                        .addSuccess(RequestOp.newBuilder().setRequestRange(future))));
        assertThat(get("a")).isEmpty();
    }

    private void refusedAsDuplicate(TxnRequest.Builder request) {
        Refused.with(Code.INVALID_ARGUMENT, "duplicate key given in txn request", () -> txn(request));
    }

    private boolean holds(Compare.Builder compare) {
        return txn(TxnRequest.newBuilder().addCompare(compare)).getSucceeded();
    }

    private TxnResponse txn(TxnRequest.Builder request) {
        return etcd.kv().txn(request.build());
    }

    private void put(String key, String value) {
        assertThat(txn(TxnRequest.newBuilder().addSuccess(putOp(key, value))).getSucceeded())
                .isTrue();
    }

    private Optional<String> get(String key) {
        return etcd.kv().range(RangeRequest.newBuilder().setKey(bytes(key)).build()).getKvsList().stream()
                .map(pair -> pair.getValue().toStringUtf8())
                .findFirst();
    }

    private static Compare.Builder value(String key, CompareResult result, String value) {
        return Compare.newBuilder()
                .setKey(bytes(key))
                .setTarget(CompareTarget.VALUE)
                .setResult(result)
                .setValue(bytes(value));
    }

    private static Compare.Builder number(CompareTarget target, String key, CompareResult result, long number) {
        Compare.Builder compare =
                Compare.newBuilder().setKey(bytes(key)).setTarget(target).setResult(result);
        return switch (target) {
            case VERSION -> compare.setVersion(number);
            case CREATE -> compare.setCreateRevision(number);
            case MOD -> compare.setModRevision(number);
            case LEASE -> compare.setLease(number);
            case VALUE, UNRECOGNIZED -> throw new IllegalArgumentException("no number: " + target);
        };
    }

    private static RequestOp putOp(String key, String value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)))
                .build();
    }

    private static RequestOp getOp(String key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(bytes(key)))
                .build();
    }

    private static RequestOp deleteOp(String key, String end) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)))
                .build();
    }
}
