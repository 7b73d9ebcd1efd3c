package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.kv.KvClient;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Put and the header, sentence by sentence of the wire contract. */
final class PutTest {
    private final EtcdFixture etcd = EtcdFixture.start();

    PutTest() throws IOException {}

    @AfterEach
    void stop() {
        etcd.close();
    }

    @Test
    void everyAnswerNamesClusterMemberRevisionAndTerm() {
        PutResponse put = put("a", "1");
        assertThat(put.getHeader().getClusterId()).isEqualTo(EtcdFixture.CLUSTER);
        assertThat(put.getHeader().getMemberId()).isEqualTo(EtcdFixture.NODE.value());
        assertThat(put.getHeader().getRaftTerm())
                .isPositive()
                .isEqualTo(etcd.node().status().term());
        assertThat(put.getHeader().getRevision()).isEqualTo(2);
        assertThat(get("a").getHeader()).isEqualTo(put.getHeader());
    }

    @Test
    void theRevisionBeginsAtOneAndEachWriteRaisesItByOne() {
        assertThat(get("a").getHeader().getRevision()).isEqualTo(1);
        assertThat(put("a", "1").getHeader().getRevision()).isEqualTo(2);
        assertThat(put("a", "1").getHeader().getRevision()).isEqualTo(3);
        assertThat(get("a").getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void theVersionCountsPutsSinceTheKeyWasCreated() {
        put("a", "1");
        put("b", "1");
        put("a", "2");
        assertThat(pair("a"))
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(bytes("a"))
                        .setValue(bytes("2"))
                        .setCreateRevision(2)
                        .setModRevision(4)
                        .setVersion(2)
                        .build());
    }

    @Test
    void aDeletionResetsCreateRevisionAndVersion() {
        put("a", "1");
        etcd.kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("a")).build());
        put("a", "2");
        assertThat(pair("a").getVersion()).isEqualTo(1);
        assertThat(pair("a").getCreateRevision()).isEqualTo(4);
    }

    @Test
    void prevKvIsThePairBefore() {
        PutRequest request = PutRequest.newBuilder()
                .setKey(bytes("a"))
                .setValue(bytes("2"))
                .setPrevKv(true)
                .build();
        assertThat(etcd.kv().put(request).hasPrevKv()).isFalse();
        KeyValue before = pair("a");
        assertThat(etcd.kv().put(request).getPrevKv()).isEqualTo(before);
        assertThat(put("a", "3").hasPrevKv()).isFalse();
    }

    @Test
    void ignoreValueKeepsTheValue() {
        put("a", "1");
        PutRequest request =
                PutRequest.newBuilder().setKey(bytes("a")).setIgnoreValue(true).build();
        etcd.kv().put(request);
        assertThat(pair("a").getValue()).isEqualTo(bytes("1"));
        assertThat(pair("a").getVersion()).isEqualTo(2);
    }

    @Test
    void ignoreValueNeedsTheKey() {
        PutRequest request =
                PutRequest.newBuilder().setKey(bytes("a")).setIgnoreValue(true).build();
        Refused.with(Code.INVALID_ARGUMENT, "key not found", () -> etcd.kv().put(request));
        assertThat(get("a").getHeader().getRevision()).isEqualTo(1);
    }

    @Test
    void ignoreValueGoesWithoutAValue() {
        put("a", "1");
        PutRequest request = PutRequest.newBuilder()
                .setKey(bytes("a"))
                .setValue(bytes("2"))
                .setIgnoreValue(true)
                .build();
        Refused.with(Code.INVALID_ARGUMENT, "value is provided", () -> etcd.kv().put(request));
        assertThat(pair("a").getValue()).isEqualTo(bytes("1"));
    }

    @Test
    void ignoreLeaseNeedsTheKeyAndGoesWithoutALease() {
        PutRequest.Builder request = PutRequest.newBuilder().setKey(bytes("a")).setIgnoreLease(true);
        Refused.with(Code.INVALID_ARGUMENT, "key not found", () -> etcd.kv().put(request.build()));
        put("a", "1");
        etcd.kv().put(request.setValue(bytes("2")).build());
        assertThat(pair("a").getValue()).isEqualTo(bytes("2"));
        Refused.with(
                Code.INVALID_ARGUMENT,
                "lease is provided",
                () -> etcd.kv().put(request.setLease(7).build()));
    }

    @Test
    void aLeaseThatDoesNotExistIsNotFound() {
        PutRequest request =
                PutRequest.newBuilder().setKey(bytes("a")).setLease(7).build();
        Refused.with(
                Code.NOT_FOUND, "requested lease not found", () -> etcd.kv().put(request));
    }

    @Test
    void anEmptyKeyIsRefused() {
        Refused.with(Code.INVALID_ARGUMENT, "key is not provided", () -> put("", "1"));
    }

    @Test
    void keysAndValuesAreBytes() {
        ByteString all = ByteString.copyFrom(new byte[] {0, -1, 10, 13, (byte) 0xc3, 0x28});
        etcd.kv().put(PutRequest.newBuilder().setKey(all).setValue(all).build());
        KeyValue pair =
                etcd.kv().range(RangeRequest.newBuilder().setKey(all).build()).getKvs(0);
        assertThat(pair.getKey()).isEqualTo(all);
        assertThat(pair.getValue()).isEqualTo(all);
    }

    @Test
    void aLargeValueComesBackAsItWent() {
        byte[] large = new byte[1 << 20];
        new SplittableRandom(1).nextBytes(large);
        etcd.kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setValue(ByteString.copyFrom(large))
                        .build());
        assertThat(pair("a").getValue().toByteArray()).isEqualTo(large);
    }

    @Test
    void aRequestOverOneAndAHalfMebibytesIsTooLarge() {
        ByteString value = ByteString.copyFrom(new byte[KvClient.REQUEST_BYTES_MAX]);
        PutRequest request =
                PutRequest.newBuilder().setKey(bytes("a")).setValue(value).build();
        Refused.with(
                Code.INVALID_ARGUMENT, "request is too large", () -> etcd.kv().put(request));
        assertThat(get("a").getKvsCount()).isZero();
        assertThat(put("a", "1").getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void aMuchLargerMessageIsNotEvenReadAndTheConnectionGoesOn() {
        ByteString value = ByteString.copyFrom(new byte[4 << 20]);
        PutRequest request =
                PutRequest.newBuilder().setKey(bytes("a")).setValue(value).build();
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class, () -> etcd.kv().put(request));
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(put("a", "1").getHeader().getRevision()).isEqualTo(2);
    }

    private PutResponse put(String key, String value) {
        return etcd.kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes(key))
                        .setValue(bytes(value))
                        .build());
    }

    private RangeResponse get(String key) {
        return etcd.kv().range(RangeRequest.newBuilder().setKey(bytes(key)).build());
    }

    private KeyValue pair(String key) {
        return get(key).getKvs(0);
    }
}
