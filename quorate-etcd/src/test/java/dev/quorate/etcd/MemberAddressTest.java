package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MemberAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";name=alone",
                "http://a:2380",
                "http://a:2380,https://[::1]:2381",
                "http://a:2380;name=größe",
                "http://a:2380;vote=due",
                "http://a:2380;client=http://a:2379",
                "http://a:2380;name=m1;client=http://a:2379,http://10.0.0.1:2379;vote=due",
            })
    void everyAddressSurvives(String text) {
        assertThat(MemberAddress.parse(text).text()).isEqualTo(text);
    }

    @Test
    void partsAreReplacedOneByOne() {
        MemberAddress added = MemberAddress.ofPeers(List.of("http://a:2380")).withVoteDue(true);
        assertThat(added.hasStarted()).isFalse();
        MemberAddress started = added.withSelf("m1", List.of("http://a:2379"));
        assertThat(started.hasStarted()).isTrue();
        assertThat(started.text()).isEqualTo("http://a:2380;name=m1;client=http://a:2379;vote=due");
        MemberAddress moved = started.withPeerUrls(List.of("http://b:1")).withVoteDue(false);
        assertThat(moved.text()).isEqualTo("http://b:1;name=m1;client=http://a:2379");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:2380",
                "http://a",
                "http://a:0",
                "http://a:65536",
                "http://a:2380/path",
                "http://user@a:2380",
                "http://a:2380?q",
                "ftp://a:2380",
                "http://a:2380,",
                ",http://a:2380",
                "http://a:2380;",
                "http://a:2380;name=",
                "http://a:2380;client=",
                "http://a:2380;name=a b",
                "http://a:2380;name=a=b",
                "http://a:2380;name=a,b",
                "http://a:2380;client=nowhere",
                "http://a:2380;client=http://a:1;name=m1",
                "http://a:2380;vote=soon",
                "http://a:2380;color=red",
                "http://a:2380;name=a;name=b",
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> MemberAddress.parse(text));
    }
}
