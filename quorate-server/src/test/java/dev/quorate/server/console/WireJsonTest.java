package dev.quorate.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.ResponseOp;
import dev.quorate.etcd.wire.TxnResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The expected lines are what {@code etcdctl} 3.4.23 printed for the same answers. */
final class WireJsonTest {
    @Test
    void aRangeLooksAsEtcdctlPrintsIt() {
        RangeResponse answer = RangeResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder()
                        .setClusterId(324952591200643719L)
                        .setMemberId(3319814642761637952L)
                        .setRevision(3)
                        .setRaftTerm(2))
                .addKvs(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("foo"))
                        .setCreateRevision(2)
                        .setModRevision(3)
                        .setVersion(2)
                        .setValue(ByteString.copyFromUtf8("baz")))
                .setCount(1)
                .build();
        assertThat(WireJson.of(answer))
                .isEqualTo("{\"header\":{\"cluster_id\":324952591200643719,\"member_id\":3319814642761637952,"
                        + "\"revision\":3,\"raft_term\":2},\"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":2,"
                        + "\"mod_revision\":3,\"version\":2,\"value\":\"YmF6\"}],\"count\":1}");
    }

    @Test
    void aChoiceStandsUnderItsOwnName() {
        TxnResponse answer = TxnResponse.newBuilder()
                .setSucceeded(true)
                .addResponses(ResponseOp.newBuilder()
                        .setResponsePut(PutResponse.newBuilder()
                                .setHeader(ResponseHeader.newBuilder().setRevision(9))))
                .build();
        assertThat(WireJson.of(answer))
                .isEqualTo("{\"succeeded\":true,\"responses\":[{\"Response\":{\"ResponsePut\":"
                        + "{\"header\":{\"revision\":9}}}}]}");
    }

    @Test
    void unsignedNumbersStayUnsigned() {
        assertThat(WireJson.of(ResponseHeader.newBuilder().setClusterId(-1).build()))
                .isEqualTo("{\"cluster_id\":18446744073709551615}");
    }

    @Test
    void anEnumIsItsNumber() {
        Compare compare = Compare.newBuilder()
                .setResult(Compare.CompareResult.LESS)
                .setVersion(0)
                .build();
        assertThat(WireJson.of(compare)).isEqualTo("{\"result\":2,\"TargetUnion\":{\"Version\":0}}");
    }

    @Test
    void aFieldThatIsAWholeNumberIsANumberWhateverItsSize() {
        assertThat(WireJson.ofFields(Map.of("members", 3))).isEqualTo("{\"members\":3}");
        assertThat(WireJson.ofFields(Map.of("bytes", 1L << 40))).isEqualTo("{\"bytes\":1099511627776}");
        assertThat(WireJson.ofFields(Map.of("file", "3"))).isEqualTo("{\"file\":\"3\"}");
    }

    @Test
    void statusesNameTheirServer() {
        assertThat(WireJson.ofStatuses(Map.of(new Endpoint("h", 1), ResponseHeader.getDefaultInstance())))
                .isEqualTo("[{\"Endpoint\":\"h:1\",\"Status\":{}}]");
    }
}
