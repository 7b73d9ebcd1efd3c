package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.server.console.CommandFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InitialClusterTest {
    private static final List<String> THREE = List.of("a=http://h1:1", "b=http://h2:1", "c=http://h3:1");

    private static InitialCluster parse(String token, List<String> parts) {
        return InitialCluster.parse(token, parts);
    }

    @Test
    void whoeverIsToldTheSameInAnyOrderDerivesTheSameIds() {
        InitialCluster here = parse("t", THREE);
        InitialCluster there = parse("t", List.of("c=http://h3:1", "a=http://h1:1", "b=http://h2:1"));
        assertThat(there.identity("b")).isEqualTo(here.identity("b"));
        assertThat(there.addresses()).isEqualTo(here.addresses());
        assertThat(here.addresses()).hasSize(3).containsValue("http://h2:1;name=b");
        assertThat(here.addresses()).containsKey(here.identity("c").nodeId());
        assertThat(here.identity("a").clusterId()).isEqualTo(here.identity("c").clusterId());
    }

    @Test
    void theIdsAreTheSameInEveryVersion() {
        assertThat(parse("t", THREE).identity("a").nodeId()).hasToString("789c83610966db35");
        assertThat(Long.toHexString(parse("t", THREE).identity("a").clusterId()))
                .isEqualTo("3a3035cf9e21bdc5");
    }

    @Test
    void anotherTokenOrAnotherMemberMakesAnotherCluster() {
        long cluster = parse("t", THREE).identity("a").clusterId();
        assertThat(parse("u", THREE).identity("a").clusterId()).isNotEqualTo(cluster);
        assertThat(parse("t", THREE.subList(0, 2)).identity("a").clusterId()).isNotEqualTo(cluster);
        assertThat(parse("u", THREE).identity("a").nodeId())
                .isNotEqualTo(parse("t", THREE).identity("a").nodeId());
    }

    @Test
    void aMemberMayHaveSeveralUrls() {
        InitialCluster cluster = parse("t", List.of("a=http://h1:1", "a=http://h1:2", "b=http://h2:1"));
        assertThat(cluster.addresses()).hasSize(2).containsValue("http://h1:1,http://h1:2;name=a");
        cluster.requireMember("a", List.of("http://h1:2", "http://h1:1"));
    }

    @Test
    void aMemberThatIsNotListedOrListedElsewhereIsToldSo() {
        InitialCluster cluster = parse("t", THREE);
        assertThatThrownBy(() -> cluster.requireMember("d", List.of("http://h4:1")))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("no member 'd'")
                .hasMessageContaining("a, b, c");
        assertThatThrownBy(() -> cluster.requireMember("a", List.of("http://h9:1")))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("http://h1:1")
                .hasMessageContaining("http://h9:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "=http://h:1", "a=", "a=h:1", "a=http://h", "a b=http://h:1", "a=http://h:1;name=b"})
    void whatIsNoListOfMembersIsRefused(String part) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse("t", List.of(part)));
    }

    @Test
    void aUrlOfTwoMembersIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("t", List.of("a=http://h:1", "b=http://h:1")))
                .withMessageContaining("http://h:1 is there twice");
    }
}
