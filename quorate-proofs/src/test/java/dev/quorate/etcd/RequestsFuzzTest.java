package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.proofs.Mutations;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Any bytes as requests of the etcd API: understood, refused with etcd's own code, or no message at all. */
final class RequestsFuzzTest {
    @FuzzTest
    void anyBytesAreARequestOrRefused(byte[] bytes) {
        try {
            assertThat(Requests.put(PutRequest.parseFrom(bytes))).isNotNull();
        } catch (InvalidProtocolBufferException | RefusedException refused) {
            assertThat(refused).isNotNull();
        }
        try {
            RangeRequest range = RangeRequest.parseFrom(bytes);
            assertThat(Requests.range(range)).isNotNull();
            assertThat(Requests.consistency(range)).isNotNull();
        } catch (InvalidProtocolBufferException | RefusedException refused) {
            assertThat(refused).isNotNull();
        }
        try {
            assertThat(Requests.deleteRange(DeleteRangeRequest.parseFrom(bytes)))
                    .isNotNull();
        } catch (InvalidProtocolBufferException | RefusedException refused) {
            assertThat(refused).isNotNull();
        }
        try {
            TxnRequest txn = TxnRequest.parseFrom(bytes);
            assertThat(Requests.consistency(txn)).isNotNull();
            assertThat(Requests.txn(txn).compares()).hasSize(txn.getCompareCount());
        } catch (InvalidProtocolBufferException | RefusedException refused) {
            assertThat(refused).isNotNull();
        }
    }

    @Test
    void almostRightRequestsToo() {
        ByteString key = ByteString.copyFromUtf8("key");
        PutRequest put = PutRequest.newBuilder()
                .setKey(key)
                .setValue(key)
                .setLease(7)
                .setPrevKv(true)
                .build();
        RangeRequest range = RangeRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(ByteString.copyFromUtf8("l"))
                .setLimit(5)
                .setRevision(3)
                .setSortOrderValue(2)
                .setSortTargetValue(3)
                .setSerializable(true)
                .build();
        DeleteRangeRequest delete =
                DeleteRangeRequest.newBuilder().setKey(key).setPrevKv(true).build();
        TxnRequest inner = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                .build();
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(key).setTargetValue(2).setModRevision(4))
                .addCompare(Compare.newBuilder().setKey(key).setTargetValue(3).setValue(key))
                .addSuccess(RequestOp.newBuilder().setRequestRange(range))
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
                .addFailure(RequestOp.newBuilder().setRequestDeleteRange(delete))
                .build();
        List<byte[]> seeds = List.of(put.toByteArray(), range.toByteArray(), delete.toByteArray(), txn.toByteArray());
        Mutations.forEach(seeds, 20_000, this::anyBytesAreARequestOrRefused);
    }
}
