package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.etcd.wire.CompactionRequest;
import dev.quorate.etcd.wire.CompactionResponse;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import io.grpc.Status.Code;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compact, sentence by sentence of the wire contract. */
final class CompactTest {
    private static final String COMPACTED = "mvcc: required revision has been compacted";
    private static final String FUTURE = "mvcc: required revision is a future revision";

    private final EtcdFixture etcd = EtcdFixture.start();

    CompactTest() throws IOException {}

    /** The key has a version at each revision from 2 to 6. */
    @BeforeEach
    void fill() {
        for (int i = 2; i <= 6; i++) {
            PutRequest request = PutRequest.newBuilder()
                    .setKey(bytes("a"))
                    .setValue(bytes("at " + i))
                    .build();
            assertThat(etcd.kv().put(request).getHeader().getRevision()).isEqualTo(i);
        }
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasBeforeIsGoneAndTheCompactedRevisionStaysReadable(boolean physical) {
        assertThat(compact(4, physical).getHeader().getRevision()).isEqualTo(6);
        assertThat(at(4).getKvs(0).getValue()).isEqualTo(bytes("at 4"));
        assertThat(at(6).getKvs(0).getValue()).isEqualTo(bytes("at 6"));
        Refused.with(Code.OUT_OF_RANGE, COMPACTED, () -> at(3));
    }

    @Test
    void anOlderOrTheSameRevisionIsCompactedAlready() {
        compact(4, false);
        Refused.with(Code.OUT_OF_RANGE, COMPACTED, () -> compact(4, false));
        Refused.with(Code.OUT_OF_RANGE, COMPACTED, () -> compact(2, false));
    }

    @Test
    void aRevisionThatIsNotReachedIsRefused() {
        Refused.with(Code.OUT_OF_RANGE, FUTURE, () -> compact(7, false));
        assertThat(at(2).getKvsCount()).isEqualTo(1);
    }

    @Test
    void thePresentRevisionMayBeCompacted() {
        compact(6, true);
        assertThat(at(0).getKvs(0).getVersion()).isEqualTo(5);
    }

    private CompactionResponse compact(long revision, boolean physical) {
        return etcd.kv()
                .compact(CompactionRequest.newBuilder()
                        .setRevision(revision)
                        .setPhysical(physical)
                        .build());
    }

    private RangeResponse at(long revision) {
        return etcd.kv()
                .range(RangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setRevision(revision)
                        .build());
    }
}
