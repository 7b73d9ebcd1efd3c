package dev.quorate.server.node;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.SnapshotPolicy;
import dev.quorate.etcd.MemberAddress;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a server runs: the settings, checked and with all defaults.
 *
 * @param name what the member is called
 * @param dataDirectory where the data is
 * @param clients where to listen for clients
 * @param advertisedClients where clients reach the member, as told to the cluster; none for where it listens
 * @param clientTls the certificates for clients; empty for plain text
 * @param peers the part about other members; empty for a node that is and stays alone
 * @param forceNewCluster whether the member is to become the only one of a new cluster
 * @param metrics where to answer /health and /metrics; none for nowhere
 * @param options the settings of the node
 */
record ServerConfig(
        String name,
        Path dataDirectory,
        List<Endpoint> clients,
        List<String> advertisedClients,
        Optional<TlsFiles> clientTls,
        Optional<PeerConfig> peers,
        boolean forceNewCluster,
        List<Endpoint> metrics,
        NodeOptions options,
        Logging.Verbosity verbosity,
        Logging.Format logFormat) {

    private static final long SNAPSHOT_BYTES = 256L << 20;
    private static final long ELECTION_MILLIS_MAX = 50_000;
    private static final long ELECTION_MILLIS_MIN = 10;

    /** Whether the members that are listed begin a cluster, or this one was added to it. */
    enum ClusterState {
        /** They begin it. */
        fresh("new"),
        /** It was added. */
        existing("existing");

        private final String word;

        ClusterState(String word) {
            this.word = word;
        }
    }

    /**
     * The part about other members.
     *
     * @param listen where to listen for them
     * @param advertised where they reach this one
     * @param cluster the members at the first start
     * @param state what they are at the first start
     * @param tls the certificates; empty for plain text
     * @param silenceMax how long a connection may be silent before it is given up
     */
    record PeerConfig(
            List<Endpoint> listen,
            List<String> advertised,
            InitialCluster cluster,
            ClusterState state,
            Optional<TlsFiles> tls,
            Duration silenceMax) {}

    /**
     * Checks the settings.
     *
     * @throws CommandFailedException in one line that names the setting, where it was given, and what is expected
     */
    static ServerConfig of(Settings settings) {
        String name = settings.get(Setting.NAME);
        try {
            MemberAddress.requireName(name);
        } catch (IllegalArgumentException bad) {
            throw settings.bad(Setting.NAME, String.valueOf(bad.getMessage()));
        }
        if (name.isEmpty()) {
            throw settings.bad(Setting.NAME, "a member needs a name");
        }
        List<Endpoint> clients = endpoints(settings, Setting.LISTEN_CLIENT_URLS);
        Optional<PeerConfig> peers = peers(settings, name);
        if (peers.isPresent() && !settings.isGiven(Setting.ADVERTISE_CLIENT_URLS)) {
            clients.forEach(endpoint -> requireSomewhere(endpoint, Setting.ADVERTISE_CLIENT_URLS));
        }
        return new ServerConfig(
                name,
                Path.of(settings.get(Setting.DATA_DIR)),
                clients,
                urls(settings, Setting.ADVERTISE_CLIENT_URLS),
                TlsSettings.CLIENTS.files(settings, clients),
                peers,
                settings.flag(Setting.FORCE_NEW_CLUSTER),
                metrics(settings),
                options(settings),
                settings.choice(Setting.LOG_LEVEL, Logging.Verbosity.values()),
                settings.choice(Setting.LOG_FORMAT, Logging.Format.values()));
    }

    private static Optional<PeerConfig> peers(Settings settings, String name) {
        if (!settings.isGiven(Setting.LISTEN_PEER_URLS)) {
            requireNoneOfPeers(settings);
            return Optional.empty();
        }
        List<Endpoint> listen = endpoints(settings, Setting.LISTEN_PEER_URLS);
        List<String> advertised = settings.isGiven(Setting.INITIAL_ADVERTISE_PEER_URLS)
                ? urls(settings, Setting.INITIAL_ADVERTISE_PEER_URLS)
                : listen.stream()
                        .map(endpoint -> reachable(endpoint, Setting.INITIAL_ADVERTISE_PEER_URLS))
                        .toList();
        List<String> parts = settings.isGiven(Setting.INITIAL_CLUSTER)
                ? settings.list(Setting.INITIAL_CLUSTER)
                : advertised.stream().map(url -> name + "=" + url).toList();
        InitialCluster cluster;
        try {
            cluster = InitialCluster.parse(settings.get(Setting.INITIAL_CLUSTER_TOKEN), parts);
        } catch (IllegalArgumentException bad) {
            throw settings.bad(Setting.INITIAL_CLUSTER, String.valueOf(bad.getMessage()));
        }
        cluster.requireMember(name, advertised);
        Duration silenceMax = Duration.ofMillis(electionMillis(settings));
        return Optional.of(new PeerConfig(
                listen, advertised, cluster, state(settings), TlsSettings.PEERS.files(settings, listen), silenceMax));
    }

    /** What would have no effect is not taken in silence. */
    private static void requireNoneOfPeers(Settings settings) {
        List<Setting> given = new ArrayList<>(List.of(
                Setting.INITIAL_CLUSTER,
                Setting.INITIAL_ADVERTISE_PEER_URLS,
                Setting.INITIAL_CLUSTER_STATE,
                Setting.INITIAL_CLUSTER_TOKEN));
        given.removeIf(setting -> !settings.isGiven(setting));
        given.addAll(TlsSettings.PEERS.given(settings));
        if (!given.isEmpty()) {
            throw CommandFailedException.usage(settings.place(given.get(0)) + " needs "
                    + Setting.LISTEN_PEER_URLS.flag() + ", which is not given");
        }
    }

    private static ClusterState state(Settings settings) {
        String text = settings.get(Setting.INITIAL_CLUSTER_STATE);
        for (ClusterState state : ClusterState.values()) {
            if (state.word.equals(text)) {
                return state;
            }
        }
        throw settings.bad(Setting.INITIAL_CLUSTER_STATE, "'" + text + "' is neither new nor existing");
    }

    /** The URL that others can use for an address where this server listens. */
    private static String reachable(Endpoint endpoint, Setting instead) {
        requireSomewhere(endpoint, instead);
        if (endpoint.port() == 0) {
            throw unreachable(endpoint, instead);
        }
        return endpoint.url();
    }

    private static void requireSomewhere(Endpoint endpoint, Setting instead) {
        if (endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::")) {
            throw unreachable(endpoint, instead);
        }
    }

    private static CommandFailedException unreachable(Endpoint endpoint, Setting instead) {
        return CommandFailedException.usage(
                instead.flag() + " is needed, because others cannot reach " + endpoint.url());
    }

    private static List<Endpoint> endpoints(Settings settings, Setting setting) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String text : settings.list(setting)) {
            try {
                endpoints.add(Endpoint.parse(text));
            } catch (IllegalArgumentException bad) {
                throw settings.bad(setting, String.valueOf(bad.getMessage()));
            }
        }
        return List.copyOf(endpoints);
    }

    private static List<Endpoint> metrics(Settings settings) {
        List<Endpoint> metrics = endpoints(settings, Setting.LISTEN_METRICS_URLS);
        if (metrics.stream().anyMatch(Endpoint::tls)) {
            throw settings.bad(Setting.LISTEN_METRICS_URLS, "metrics are served over http only");
        }
        return metrics;
    }

    private static List<String> urls(Settings settings, Setting setting) {
        List<String> urls = settings.list(setting).stream().map(String::strip).toList();
        try {
            urls.forEach(MemberAddress::requireUrl);
        } catch (IllegalArgumentException bad) {
            throw settings.bad(setting, String.valueOf(bad.getMessage()));
        }
        return urls;
    }

    private static long electionMillis(Settings settings) {
        return settings.number(Setting.ELECTION_TIMEOUT, ELECTION_MILLIS_MIN, ELECTION_MILLIS_MAX);
    }

    private static NodeOptions options(Settings settings) {
        long snapshotCount = settings.number(Setting.SNAPSHOT_COUNT, 1, Long.MAX_VALUE);
        NodeOptions options = NodeOptions.DEFAULTS
                .withSnapshotPolicy(SnapshotPolicy.logSize(snapshotCount, SNAPSHOT_BYTES))
                .withElectionTimeout(Duration.ofMillis(electionMillis(settings)))
                .withForwarding(true);
        boolean small = snapshotCount < NodeOptions.DEFAULTS.retention().entries();
        return small ? options.withRetainedEntries(snapshotCount / 2) : options;
    }

    /** This configuration for a node that is alone, as programs start it that want one server and no more. */
    static ServerConfig single(Path dataDirectory, List<Endpoint> clients, NodeOptions options) {
        return new ServerConfig(
                Setting.NAME.preset().orElse(""),
                dataDirectory,
                clients,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                options,
                Logging.Verbosity.warn,
                Logging.Format.text);
    }
}
