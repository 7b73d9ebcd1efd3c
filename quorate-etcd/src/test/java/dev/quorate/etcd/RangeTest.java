package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeRequest.SortOrder;
import dev.quorate.etcd.wire.RangeRequest.SortTarget;
import dev.quorate.etcd.wire.RangeResponse;
import io.grpc.Status.Code;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Range, sentence by sentence of the wire contract. */
final class RangeTest {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final EtcdFixture etcd = EtcdFixture.start();

    RangeTest() throws IOException {}

    /** Revisions 2 to 7; b has two versions, the highest value and the newest revision. */
    @BeforeEach
    void fill() {
        put("a", "5");
        put("b", "1");
        put("ba", "4");
        put("bb", "3");
        put("c", "2");
        put("b", "9");
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    @Test
    void withoutAnEndItIsOneKey() {
        assertThat(keys(range("b"))).containsExactly("b");
        assertThat(keys(range("x"))).isEmpty();
        assertThat(answer(range("b")).getCount()).isEqualTo(1);
    }

    @Test
    void theEndIsNotPartOfTheRange() {
        assertThat(keys(range("a").setRangeEnd(bytes("bb")))).containsExactly("a", "b", "ba");
    }

    @Test
    void anEndOfZeroMeansToTheEnd() {
        assertThat(keys(range("ba").setRangeEnd(ZERO))).containsExactly("ba", "bb", "c");
    }

    @Test
    void aKeyAndAnEndOfZeroMeanEverything() {
        RangeRequest.Builder all = RangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO);
        assertThat(keys(all)).containsExactly("a", "b", "ba", "bb", "c");
    }

    @Test
    void aPrefixIsARangeToThePrefixPlusOne() {
        assertThat(keys(range("b").setRangeEnd(bytes("c")))).containsExactly("b", "ba", "bb");
    }

    @Test
    void anEndBelowTheKeyIsAnEmptyRange() {
        assertThat(keys(range("c").setRangeEnd(bytes("a")))).isEmpty();
    }

    @Test
    void theLimitCutsPairsAndSaysSoAndTheCountStays() {
        RangeResponse some = answer(all().setLimit(2));
        assertThat(keys(some)).containsExactly("a", "b");
        assertThat(some.getMore()).isTrue();
        assertThat(some.getCount()).isEqualTo(5);
        RangeResponse exactly = answer(all().setLimit(5));
        assertThat(exactly.getMore()).isFalse();
        assertThat(exactly.getKvsCount()).isEqualTo(5);
    }

    @Test
    void anOlderRevisionIsTheStoreAsItWas() {
        RangeResponse then = answer(all().setRevision(4));
        assertThat(keys(then)).containsExactly("a", "b", "ba");
        assertThat(then.getKvs(1).getValue()).isEqualTo(bytes("1"));
        assertThat(then.getCount()).isEqualTo(3);
        assertThat(then.getHeader().getRevision()).isEqualTo(7);
    }

    @Test
    void aDeletedKeyIsThereAtTheRevisionBefore() {
        etcd.kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("a")).build());
        assertThat(keys(range("a"))).isEmpty();
        assertThat(keys(range("a").setRevision(7))).containsExactly("a");
        assertThat(keys(range("a").setRevision(8))).isEmpty();
    }

    @Test
    void aRevisionOfZeroOrBelowIsNow() {
        assertThat(keys(all().setRevision(0))).hasSize(5);
        assertThat(keys(all().setRevision(-3))).hasSize(5);
    }

    @Test
    void aFutureRevisionIsOutOfRange() {
        Refused.with(
                Code.OUT_OF_RANGE, "mvcc: required revision is a future revision", () -> answer(all().setRevision(8)));
    }

    @ParameterizedTest
    @CsvSource({
        "KEY, NONE, a b ba bb c",
        "KEY, ASCEND, a b ba bb c",
        "KEY, DESCEND, c bb ba b a",
        "VERSION, NONE, a ba bb c b",
        "VERSION, DESCEND, b a ba bb c",
        "CREATE, NONE, a b ba bb c",
        "CREATE, DESCEND, c bb ba b a",
        "MOD, NONE, a ba bb c b",
        "MOD, DESCEND, b c bb ba a",
        "VALUE, NONE, c bb ba a b",
        "VALUE, ASCEND, c bb ba a b",
        "VALUE, DESCEND, b a ba bb c",
    })
    void pairsAreSorted(SortTarget target, SortOrder order, String expected) {
        assertThat(keys(all().setSortTarget(target).setSortOrder(order))).containsExactly(expected.split(" "));
    }

    @Test
    void sortingHappensBeforeTheLimit() {
        RangeResponse largest = answer(all().setSortTarget(SortTarget.VALUE)
                .setSortOrder(SortOrder.DESCEND)
                .setLimit(2));
        assertThat(keys(largest)).containsExactly("b", "a");
        assertThat(largest.getMore()).isTrue();
    }

    @Test
    void aSortOptionThatDoesNotExistIsRefused() {
        Refused.with(Code.INVALID_ARGUMENT, "invalid sort option", () -> answer(all().setSortOrderValue(7)));
        Refused.with(Code.INVALID_ARGUMENT, "invalid sort option", () -> answer(all().setSortTargetValue(7)));
    }

    @Test
    void keysOnlyLeavesTheValuesOut() {
        RangeResponse blank = answer(range("b").setKeysOnly(true));
        KeyValue full = answer(range("b")).getKvs(0);
        assertThat(blank.getKvs(0)).isEqualTo(full.toBuilder().clearValue().build());
    }

    @Test
    void countOnlyHasNoPairs() {
        RangeResponse count = answer(all().setCountOnly(true));
        assertThat(count.getCount()).isEqualTo(5);
        assertThat(count.getKvsCount()).isZero();
        assertThat(count.getMore()).isFalse();
    }

    @Test
    void boundsOnRevisionsFilterPairsAndNotTheCount() {
        assertThat(keys(all().setMinModRevision(5))).containsExactly("b", "bb", "c");
        assertThat(keys(all().setMaxModRevision(4))).containsExactly("a", "ba");
        assertThat(keys(all().setMinCreateRevision(5))).containsExactly("bb", "c");
        assertThat(keys(all().setMaxCreateRevision(3))).containsExactly("a", "b");
        assertThat(answer(all().setMinModRevision(5)).getCount()).isEqualTo(5);
    }

    @Test
    void aSerializableReadAnswersFromTheMemberItself() {
        assertThat(keys(all().setSerializable(true))).hasSize(5);
    }

    @Test
    void anEmptyKeyIsRefused() {
        Refused.with(Code.INVALID_ARGUMENT, "key is not provided", () -> answer(RangeRequest.newBuilder()));
    }

    private void put(String key, String value) {
        PutRequest request = PutRequest.newBuilder()
                .setKey(bytes(key))
                .setValue(bytes(value))
                .build();
        assertThat(etcd.kv().put(request).hasHeader()).isTrue();
    }

    private static RangeRequest.Builder range(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key));
    }

    private static RangeRequest.Builder all() {
        return range("a").setRangeEnd(bytes("z"));
    }

    private RangeResponse answer(RangeRequest.Builder request) {
        return etcd.kv().range(request.build());
    }

    private List<String> keys(RangeRequest.Builder request) {
        return keys(answer(request));
    }

    private static List<String> keys(RangeResponse answer) {
        return answer.getKvsList().stream()
                .map(pair -> pair.getKey().toStringUtf8())
                .toList();
    }
}
