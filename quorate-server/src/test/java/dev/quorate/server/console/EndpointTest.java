package dev.quorate.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:2379", "http://127.0.0.1:2379", "http://127.0.0.1:2379/", " 127.0.0.1:2379"})
    void anAddressMayBeAUrl(String text) {
        assertThat(Endpoint.parse(text)).isEqualTo(new Endpoint("127.0.0.1", 2379));
    }

    @Test
    void httpsIsTls() {
        Endpoint endpoint = Endpoint.parse("https://h:1");
        assertThat(endpoint).isEqualTo(new Endpoint("h", 1, true));
        assertThat(endpoint.url()).isEqualTo("https://h:1");
    }

    @Test
    void anIpv6HostStandsInBrackets() {
        Endpoint endpoint = Endpoint.parse("[::1]:80");
        assertThat(endpoint).isEqualTo(new Endpoint("::1", 80));
        assertThat(endpoint.url()).isEqualTo("http://[::1]:80");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":2379",
                "localhost",
                "localhost:",
                "localhost:port",
                "localhost:-1",
                "localhost:65536",
                "localhost:1/x",
                "localhost:1?x",
                "me@localhost:1",
                "ftp://localhost:1",
                "a b:1",
                "::1:80"
            })
    void whatIsNoAddressIsNamed(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not an address: expected host:port or http://host:port");
    }
}
