package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import org.junit.jupiter.api.Test;

final class CommandTextTest {
    @Test
    void eachKindOfCommandHasItsLine() {
        assertText(PutRequest.of(b("greeting"), b("hello")), "put \"greeting\" \"hello\"");
        assertText(new PutRequest(b("k"), Bytes.EMPTY, 0x1f, false, true, false), "put \"k\" (same value) lease 1f");
        assertText(new PutRequest(b("k"), b("v"), 0, false, false, true), "put \"k\" \"v\" (same lease)");
        assertText(new DeleteRangeRequest(KeyRange.of(b("a")), false), "delete \"a\"");
        assertText(new DeleteRangeRequest(KeyRange.between(b("a"), b("b")), false), "delete \"a\" to \"b\"");
        assertText(new DeleteRangeRequest(KeyRange.from(b("a")), false), "delete \"a\" to the end");
        assertText(new CompactRequest(12, true), "compact 12");
    }

    @Test
    void aTransactionTellsConditionsAndBothPaths() {
        assertText(TxnRequest.of(), "txn if true then () else ()");
        assertText(
                TxnRequest.when(
                                Compare.value(b("a"), CompareResult.EQUAL, b("1")),
                                Compare.exists(b("b")),
                                Compare.of(b("c"), CompareTarget.MOD, CompareResult.LESS, 9),
                                Compare.of(b("d"), CompareTarget.CREATE, CompareResult.NOT_EQUAL, 8),
                                Compare.of(b("e"), CompareTarget.LEASE, CompareResult.EQUAL, 0))
                        .then(PutRequest.of(b("a"), b("2")), RangeRequest.of(KeyRange.of(b("b"))))
                        .otherwise(TxnRequest.of(PutRequest.of(b("x"), b("y")))),
                "txn if value \"a\" = \"1\" and version \"b\" > 0 and mod revision \"c\" < 9"
                        + " and create revision \"d\" != 8 and lease \"e\" = 0"
                        + " then (put \"a\" \"2\"; get \"b\") else (txn if true then (put \"x\" \"y\") else ())");
    }

    @Test
    void bytesThatAreNoTextAreHexadecimalAndLongOnesAreCut() {
        assertText(PutRequest.of(b("a\"\\"), b("ä")), "put \"a\\\"\\\\\" \"ä\"");
        assertText(PutRequest.of(Bytes.wrap(new byte[] {(byte) 0xff, 1}), b("a\nb")), "put 0xff01 0x610a62");
        assertText(PutRequest.of(b("k"), b("v".repeat(200))), "put \"k\" \"" + "v".repeat(128) + "\"... (200 bytes)");
    }

    @Test
    void whatIsNoCommandHasNone() {
        assertThat(CommandText.of(Bytes.EMPTY)).isEmpty();
        assertThat(CommandText.of(b("transfer 5"))).isEmpty();
        assertThat(CommandText.of(Bytes.wrap(new byte[] {0x51, 99, 1}))).isEmpty();
    }

    private static void assertText(KvRequest request, String text) {
        assertThat(CommandText.of(CommandCodec.encode(request))).contains(text);
    }

    private static Bytes b(String text) {
        return Bytes.utf8(text);
    }
}
