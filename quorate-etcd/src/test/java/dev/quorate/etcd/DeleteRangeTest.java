package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import io.grpc.Status.Code;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DeleteRange, sentence by sentence of the wire contract. */
final class DeleteRangeTest {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final EtcdFixture etcd = EtcdFixture.start();

    DeleteRangeTest() throws IOException {}

    @BeforeEach
    void fill() {
        for (String key : new String[] {"a", "b", "c"}) {
            PutRequest request = PutRequest.newBuilder()
                    .setKey(bytes(key))
                    .setValue(bytes("value of " + key))
                    .build();
            assertThat(etcd.kv().put(request).hasHeader()).isTrue();
        }
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    @Test
    void deletedCountsTheKeysThatWereThere() {
        assertThat(delete("a", "").getDeleted()).isEqualTo(1);
        assertThat(delete("a", "").getDeleted()).isZero();
        assertThat(delete("a", "z").getDeleted()).isEqualTo(2);
        assertThat(count()).isZero();
    }

    @Test
    void theWholeRequestHasOneRevision() {
        assertThat(delete("a", "z").getHeader().getRevision()).isEqualTo(5);
    }

    @Test
    void theDeletionOfNothingDoesNotRaiseTheRevision() {
        assertThat(delete("x", "").getHeader().getRevision()).isEqualTo(4);
        assertThat(delete("x", "z").getHeader().getRevision()).isEqualTo(4);
    }

    @Test
    void prevKvsAreWhatWasDeletedInKeyOrder() {
        DeleteRangeRequest request = DeleteRangeRequest.newBuilder()
                .setKey(bytes("b"))
                .setRangeEnd(ZERO)
                .setPrevKv(true)
                .build();
        DeleteRangeResponse answer = etcd.kv().deleteRange(request);
        assertThat(answer.getPrevKvsList())
                .extracting(pair -> pair.getKey().toStringUtf8() + "="
                        + pair.getValue().toStringUtf8() + "@" + pair.getModRevision())
                .containsExactly("b=value of b@3", "c=value of c@4");
        assertThat(delete("a", "").getPrevKvsCount()).isZero();
    }

    @Test
    void anEmptyKeyIsRefused() {
        Refused.with(Code.INVALID_ARGUMENT, "key is not provided", () -> delete("", ""));
        assertThat(count()).isEqualTo(3);
    }

    private DeleteRangeResponse delete(String key, String end) {
        return etcd.kv()
                .deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end))
                        .build());
    }

    private long count() {
        return etcd.kv()
                .range(RangeRequest.newBuilder()
                        .setKey(ZERO)
                        .setRangeEnd(ZERO)
                        .setCountOnly(true)
                        .build())
                .getCount();
    }
}
