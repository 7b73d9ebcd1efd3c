package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.InvalidRequestException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerAddressTest {
    @Test
    void urlsStandBeforeTheAttributesOfOthers() {
        assertThat(PeerAddress.parse("http://127.0.0.1:2380, https://[::1]:3380;name=a;client=http://127.0.0.1:2379")
                        .urls())
                .containsExactly(new PeerUrl(false, "127.0.0.1", 2380), new PeerUrl(true, "::1", 3380));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";name=a"})
    void anAddressMayBeMissing(String text) {
        assertThat(PeerAddress.parse(text)).isEqualTo(PeerAddress.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:2380",
                "ftp://a:1",
                "http://a",
                "http://a:0",
                "http://a:65536",
                "http://a:1/path",
                "http://a:1?q",
                "http://u@a:1",
                "http://a:1,,http://b:1",
                "http:// a:1",
                "http://a:1,"
            })
    void anythingElseIsRefusedByItsName(String text) {
        assertThatThrownBy(() -> PeerAddress.parse(text))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("peer URL '");
    }

    @Test
    void thereAreNotMoreUrlsThanTheLimit() {
        String many = String.join(",", java.util.Collections.nCopies(PeerAddress.URLS_MAX + 1, "http://a:1"));
        assertThatThrownBy(() -> PeerAddress.parse(many)).hasMessageContaining("17 URLs, the limit is 16");
    }

    @Test
    void aUrlIsPrintedAsItIsWritten() {
        for (String url : List.of("http://127.0.0.1:2380", "https://[fe80::1]:1", "https://node.example:65535")) {
            assertThat(PeerUrl.parse(url)).hasToString(url);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://10.0.0.1:1", "http://node.example:1", "http://127.0.0.1.example:1"})
    void plainTextOverANetworkMustBeAllowed(String url) {
        assertThatThrownBy(() -> new PlaintextRule(false, false).check(PeerUrl.parse(url)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("plain text");
        assertThatCode(() -> new PlaintextRule(true, false).check(PeerUrl.parse(url)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:1", "http://127.8.9.1:1", "http://localhost:1", "http://[::1]:1"})
    void plainTextOnThisMachineIsAllowed(String url) {
        assertThatCode(() -> new PlaintextRule(false, false).check(PeerUrl.parse(url)))
                .doesNotThrowAnyException();
    }

    @Test
    void tlsNeedsCertificates() {
        PeerUrl url = PeerUrl.parse("https://node.example:1");
        assertThatThrownBy(() -> new PlaintextRule(true, false).check(url)).hasMessageContaining("certificates");
        assertThatCode(() -> new PlaintextRule(false, true).check(url)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://node.example:1", "http://127.0.0.1:1"})
    void aNodeWithCertificatesSpeaksNoPlainText(String url) {
        assertThatThrownBy(() -> new PlaintextRule(true, true).check(PeerUrl.parse(url)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("plain text");
    }
}
