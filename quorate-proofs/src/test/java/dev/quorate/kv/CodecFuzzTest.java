package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.spi.Bytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CodecFuzzTest {
    private static final Bytes KEY = Bytes.utf8("key");
    private static final KvPair PAIR = new KvPair(KEY, 3, 7, 2, Bytes.utf8("value"), 9);

    /** One request has one form, so what is understood is written again as it was. */
    @FuzzTest
    void anyBytesAreACommandOrMalformed(byte[] bytes) {
        Bytes command = Bytes.copyOf(bytes);
        KvRequest request;
        try {
            request = CommandCodec.decode(command);
        } catch (KvException e) {
            assertThat(e.kind()).isEqualTo(KvException.Kind.MALFORMED);
            return;
        } catch (UnknownFormatException newer) {
            return;
        }
        assertThat(CommandCodec.encode(request)).isEqualTo(command);
        assertThat(CommandCodec.decode(CommandCodec.encode(request))).isEqualTo(request);
    }

    @FuzzTest
    void anyBytesAreAnAnswerOrARefusal(byte[] bytes) {
        Bytes answer = Bytes.copyOf(bytes);
        KvResponse response;
        try {
            response = AnswerCodec.decode(answer);
        } catch (KvException refusal) {
            assertThat(refusal.kind()).isNotNull();
            return;
        }
        assertThat(AnswerCodec.encode(response)).isEqualTo(answer);
        assertThat(AnswerCodec.decode(AnswerCodec.encode(response))).isEqualTo(response);
    }

    @Test
    void almostRightCommandsToo() {
        PutRequest put = new PutRequest(KEY, Bytes.utf8("v"), 300, true, false, false);
        DeleteRangeRequest delete = new DeleteRangeRequest(KeyRange.prefix(KEY), true);
        RangeRequest range = new RangeRequest(
                KeyRange.from(KEY), 10, 0, SortOrder.DESCEND, SortTarget.MOD, true, false, 1, 2, 3, Long.MAX_VALUE);
        Compare compare =
                new Compare(KeyRange.of(KEY), CompareTarget.VALUE, CompareResult.NOT_EQUAL, 0, Bytes.utf8("x"));
        TxnRequest inner = new TxnRequest(List.of(), List.of(delete), List.of());
        TxnRequest txn = new TxnRequest(List.of(compare, compare), List.of(put, inner), List.of(range));
        List<byte[]> seeds = List.of(
                CommandCodec.encode(put).toByteArray(),
                CommandCodec.encode(delete).toByteArray(),
                CommandCodec.encode(range).toByteArray(),
                CommandCodec.encode(txn).toByteArray(),
                CommandCodec.encode(new CompactRequest(7, true)).toByteArray());
        Mutations.forEach(seeds, 40_000, this::anyBytesAreACommandOrMalformed);
    }

    @Test
    void almostRightAnswersToo() {
        PutResponse put = new PutResponse(8, Optional.of(PAIR));
        DeleteRangeResponse delete = new DeleteRangeResponse(9, 2, List.of(PAIR, PAIR));
        RangeResponse range = new RangeResponse(9, List.of(PAIR), true, 300);
        TxnResponse txn = new TxnResponse(10, true, List.of(put, delete, range));
        List<byte[]> seeds = List.of(
                AnswerCodec.encode(put).toByteArray(),
                AnswerCodec.encode(delete).toByteArray(),
                AnswerCodec.encode(range).toByteArray(),
                AnswerCodec.encode(txn).toByteArray(),
                AnswerCodec.encode(new KvException(KvException.Kind.MALFORMED, "why"))
                        .toByteArray());
        Mutations.forEach(seeds, 40_000, this::anyBytesAreAnAnswerOrARefusal);
    }
}
