package dev.quorate.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.Compare.CompareResult;
import dev.quorate.etcd.wire.Compare.CompareTarget;
import dev.quorate.etcd.wire.TxnRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TxnTextTest {
    @Test
    void threePartsAreSeparatedByEmptyLines() {
        TxnRequest txn = TxnText.parse("""
                value("a b") = "1 2"
                mod("k") > "7"

                put x "y z" --prev-kv
                get x

                del x
                """);
        assertThat(txn.getCompareCount()).isEqualTo(2);
        assertThat(txn.getCompare(0).getKey().toStringUtf8()).isEqualTo("a b");
        assertThat(txn.getCompare(0).getValue().toStringUtf8()).isEqualTo("1 2");
        assertThat(txn.getSuccessCount()).isEqualTo(2);
        assertThat(txn.getSuccess(0).getRequestPut().getValue().toStringUtf8()).isEqualTo("y z");
        assertThat(txn.getSuccess(0).getRequestPut().getPrevKv()).isTrue();
        assertThat(txn.getFailure(0).getRequestDeleteRange().getKey().toStringUtf8())
                .isEqualTo("x");
    }

    @Test
    void partsMayBeEmpty() {
        TxnRequest txn = TxnText.parse("\n\nget k\n");
        assertThat(txn.getCompareCount()).isZero();
        assertThat(txn.getSuccessCount()).isZero();
        assertThat(txn.getFailureCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    version("k") = "3"  | VERSION | EQUAL
                    ver("k") != "3"     | VERSION | NOT_EQUAL
                    create("k") < "3"   | CREATE  | LESS
                    c(k) > 3            | CREATE  | GREATER
                    mod("k") = "3"      | MOD     | EQUAL
                    m("k") = "3"        | MOD     | EQUAL
                    lease("k") = "3"    | LEASE   | EQUAL
                    """)
    void numbersAreCompared(String line, CompareTarget target, CompareResult result) {
        Compare compare = TxnText.parse(line + "\n").getCompare(0);
        assertThat(compare.getKey().toStringUtf8()).isEqualTo("k");
        assertThat(compare.getTarget()).isEqualTo(target);
        assertThat(compare.getResult()).isEqualTo(result);
        long number = switch (target) {
            case VERSION -> compare.getVersion();
            case CREATE -> compare.getCreateRevision();
            case MOD -> compare.getModRevision();
            case LEASE -> compare.getLease();
            default -> -1;
        };
        assertThat(number).isEqualTo(3);
    }

    @Test
    void keysAndValuesMayHoldQuotesAndParentheses() {
        Compare compare = TxnText.parse("val(\"a)(\\\"b\") = \"x\\ty\\x41\"\n").getCompare(0);
        assertThat(compare.getKey().toStringUtf8()).isEqualTo("a)(\"b");
        assertThat(compare.getValue().toStringUtf8()).isEqualTo("x\tyA");
    }

    @Test
    void rangesAreWrittenAsOnTheCommandLine() {
        TxnRequest txn = TxnText.parse("\nget a c\nget --prefix ab --limit=3\ndel --from-key \"\"\n");
        assertThat(txn.getSuccess(0).getRequestRange().getRangeEnd().toStringUtf8())
                .isEqualTo("c");
        assertThat(txn.getSuccess(1).getRequestRange().getRangeEnd().toStringUtf8())
                .isEqualTo("ac");
        assertThat(txn.getSuccess(1).getRequestRange().getLimit()).isEqualTo(3);
        assertThat(txn.getSuccess(2).getRequestDeleteRange().getKey().toByteArray())
                .containsExactly(0);
        assertThat(txn.getSuccess(2).getRequestDeleteRange().getRangeEnd().toByteArray())
                .containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    foo                      | a comparison reads
                    colour("k") = "3"        | the target is
                    version("k") = "three"   | 'three' is not a number
                    value("k) = "3"          | not closed
                    value(a b) = "3"         | expected one word
                    """)
    void aBadComparisonIsNamedWithItsLine(String line, String reason) {
        assertThatThrownBy(() -> TxnText.parse("version(\"k\") = \"0\"\n" + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    frobnicate k        | an operation is put, get or del
                    put k               | put takes a key and a value
                    put k v w           | put takes a key and a value
                    put k v --lease     | unknown flag
                    get                 | get takes a key
                    get a b c           | get takes a key
                    del --prefix --from-key a | exclude each other
                    put "k v            | not closed
                    put k "\\q"          | \\q is not an escape
                    """)
    void aBadOperationIsNamedWithItsLine(String line, String reason) {
        assertThatThrownBy(() -> TxnText.parse("\n" + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2: ")
                .hasMessageContaining(reason);
    }

    @Test
    void anEmptyTransactionIsRefused() {
        assertThatThrownBy(() -> TxnText.parse("\n\n\n")).hasMessageContaining("empty");
    }

    @Test
    void aFourthPartIsRefused() {
        assertThatThrownBy(() -> TxnText.parse("\nget k\n\nget k\n\nget k\n"))
                .hasMessageContaining("line 6: more than three parts");
    }
}
