package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where values come from, and what is said of those that do not do. */
final class SettingsTest {
    @TempDir
    private Path directory = Path.of("");

    private static ServerConfig config(Map<Setting, String> flags, Map<String, String> environment) {
        return ServerConfig.of(Settings.of(flags, environment));
    }

    private Map<Setting, String> flags(String... pairs) {
        Map<Setting, String> flags = new HashMap<>();
        flags.put(Setting.DATA_DIR, "d");
        for (int i = 0; i < pairs.length; i += 2) {
            flags.put(Setting.valueOf(pairs[i]), pairs[i + 1]);
        }
        return flags;
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("quorate.yaml"), text);
    }

    @Test
    void theCommandLineGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
        Path file = file("name: of-the-file\ndata-dir: /file\nelection-timeout: 500\n");
        Map<String, String> environment =
                Map.of("QUORATE_CONFIG_FILE", file.toString(), "QUORATE_NAME", "of-the-environment", "PATH", "/bin");
        ServerConfig config = config(Map.of(Setting.DATA_DIR, "/flag"), environment);
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/flag"));
        assertThat(config.name()).isEqualTo("of-the-environment");
        assertThat(config.options().raft().electionTimeoutNanos())
                .isEqualTo(Duration.ofMillis(500).toNanos());
        assertThat(config.options().forwarding()).isTrue();
        assertThat(config.clients()).containsExactly(new Endpoint("127.0.0.1", 2379));
        assertThat(config.peers()).isEmpty();
    }

    @Test
    void aListIsWrittenWithCommasOrAsAListOfTheFile() throws IOException {
        Path file = file("""
                name: a
                data-dir: d
                listen-client-urls: [ "http://127.0.0.1:1", "http://[::1]:1" ]
                listen-peer-urls: http://10.0.0.1:2380
                initial-cluster:
                  - a=http://10.0.0.1:2380
                  - b=http://10.0.0.2:2380
                """);
        ServerConfig config = config(Map.of(Setting.CONFIG_FILE, file.toString()), Map.of());
        assertThat(config.clients()).containsExactly(new Endpoint("127.0.0.1", 1), new Endpoint("::1", 1));
        ServerConfig.PeerConfig peers = config.peers().orElseThrow();
        assertThat(peers.listen()).containsExactly(new Endpoint("10.0.0.1", 2380));
        assertThat(peers.advertised()).containsExactly("http://10.0.0.1:2380");
        assertThat(peers.cluster().members()).containsOnlyKeys("a", "b");
        assertThat(peers.state()).isEqualTo(ServerConfig.ClusterState.fresh);
    }

    @Test
    void aMemberWithoutAListOfMembersIsTheFirstOfItsCluster() {
        ServerConfig config = config(flags("LISTEN_PEER_URLS", "http://127.0.0.1:2380", "NAME", "one"), Map.of());
        assertThat(config.peers().orElseThrow().cluster().members())
                .containsEntry("one", List.of("http://127.0.0.1:2380"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    listen-client-url: x       | unknown key 'listen-client-url'; did you mean 'listen-client-urls'?
                    color: red                 | unknown key 'color'
                    config-file: x             | unknown key 'config-file'
                    name: {a: b}               | 'name' must be a value or a list of values
                    name: []                   | 'name' must be a value or a list of values
                    [a, b]                     | no list of settings
                    name: [a                   | quorate.yaml:
                    """)
    void aFileThatDoesNotDoIsRefusedWithItsName(String text, String said) throws IOException {
        Path file = file(text + "\n");
        assertThatThrownBy(() -> config(flags("CONFIG_FILE", file.toString()), Map.of()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining(said)
                .hasMessageContaining("quorate.yaml");
    }

    @Test
    void aKeyThatIsThereTwiceIsRefused() throws IOException {
        Path file = file("name: a\nname: b\n");
        assertThatThrownBy(() -> config(flags("CONFIG_FILE", file.toString()), Map.of()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("quorate.yaml:2");
    }

    @Test
    void aSlipInTheEnvironmentIsRefusedAndVariablesOfOthersAreNot() {
        assertThatThrownBy(() -> config(flags(), Map.of("QUORATE_DATADIR", "d")))
                .hasMessageContaining("unknown variable QUORATE_DATADIR; did you mean QUORATE_DATA_DIR?");
        assertThat(config(flags(), Map.of("QUORATE_JAVA_OPTS", "-Xmx1g", "QUORATE_BUILT", "yes"))
                        .name())
                .isEqualTo("default");
    }

    @Test
    void aVariableThatIsNoSettingIsToldUnlessItIsOneOfTheLauncherOrTheTests() {
        Map<String, String> environment = Map.of(
                "QUORATE_COLOUR",
                "red",
                "QUORATE_NAME",
                "a",
                "QUORATE_JAVA_OPTS",
                "",
                "QUORATE_NO_BUILD",
                "1",
                "PATH",
                "");
        assertThat(Settings.of(flags(), environment).unknownVariables()).containsExactly("QUORATE_COLOUR");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    ELECTION_TIMEOUT | soon              | Invalid value for --election-timeout: 'soon' is not a number
                    ELECTION_TIMEOUT | 5                 | '5' is not between 10 and 50000
                    NAME             | a=b               | Invalid value for --name
                    LOG_FORMAT       | xml               | 'xml' is none of [text, json]
                    LISTEN_PEER_URLS | nowhere           | Invalid value for --listen-peer-urls
                    LISTEN_PEER_URLS | http://0.0.0.0:1  | --initial-advertise-peer-urls is needed
                    LISTEN_PEER_URLS | http://10.0.0.1:0 | --initial-advertise-peer-urls is needed
                    INITIAL_CLUSTER  | a=http://h:1      | --initial-cluster needs --listen-peer-urls
                    INITIAL_CLUSTER_TOKEN | t            | --initial-cluster-token needs --listen-peer-urls
                    PEER_CERT_FILE   | f                 | --peer-cert-file needs --listen-peer-urls
                    PEER_KEY_FILE    | f                 | --peer-key-file needs --listen-peer-urls
                    PEER_TRUSTED_CA_FILE | f             | --peer-trusted-ca-file needs --listen-peer-urls
                    PEER_CLIENT_CERT_AUTH | true         | --peer-client-cert-auth needs --listen-peer-urls
                    CLIENT_CERT_AUTH | true              | --listen-client-urls: it must be https for --client-cert-auth
                    CLIENT_CERT_AUTH | maybe             | 'maybe' is neither true nor false
                    TRUSTED_CA_FILE  | f                 | --listen-client-urls: it must be https for --trusted-ca-file
                    LISTEN_METRICS_URLS | https://h:1    | --listen-metrics-urls: metrics are served over http only
                    """)
    void aValueThatDoesNotDoIsRefusedWithTheNameOfTheSetting(String setting, String value, String said) {
        assertThatThrownBy(() -> config(flags(setting, value), Map.of()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining(said);
    }

    @Test
    void aSettingOfPeersThatIsNotUsedIsNamedByThePlaceWhereItWasGiven() throws IOException {
        assertThatThrownBy(() -> config(flags(), Map.of("QUORATE_PEER_KEY_FILE", "f")))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("QUORATE_PEER_KEY_FILE needs --listen-peer-urls");
        Path file = file("initial-cluster-token: t\n");
        assertThatThrownBy(() -> config(flags("CONFIG_FILE", file.toString()), Map.of()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("initial-cluster-token in " + file + " needs --listen-peer-urls");
    }

    @Test
    void certificatesOfPeersAreNotDemandedOverHttp() {
        String url = "http://127.0.0.1:2380";
        assertThatThrownBy(() -> config(flags("LISTEN_PEER_URLS", url, "PEER_CLIENT_CERT_AUTH", "true"), Map.of()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("--listen-peer-urls: it must be https for --peer-client-cert-auth");
        assertThat(config(flags("LISTEN_PEER_URLS", url, "PEER_CLIENT_CERT_AUTH", "false"), Map.of())
                        .peers())
                .isPresent();
        assertThat(config(flags("PEER_CLIENT_CERT_AUTH", "false", "CLIENT_CERT_AUTH", "false"), Map.of())
                        .peers())
                .isEmpty();
    }
}
