package dev.quorate.server.node;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be set of a server, under one name everywhere: the flag {@code --data-dir}, the variable
 * {@code QUORATE_DATA_DIR}, the key {@code data-dir} of the file. The names are those that operators of etcd know.
 */
enum Setting {
    CONFIG_FILE("config-file", "FILE", null, "A YAML file with these settings, under their names without the dashes."),
    NAME("name", "NAME", "default", "What this member is called, in --initial-cluster and in lists of members."),
    DATA_DIR("data-dir", "DIR", null, "Where the data is; made when it does not exist."),
    LISTEN_CLIENT_URLS(
            "listen-client-urls",
            "URL,...",
            "http://127.0.0.1:2379",
            "Where to listen for clients; port 0 takes a free one."),
    ADVERTISE_CLIENT_URLS(
            "advertise-client-urls",
            "URL,...",
            null,
            "Where clients reach this member, as told to the cluster; where it listens when not given."),
    LISTEN_PEER_URLS(
            "listen-peer-urls",
            "URL,...",
            null,
            "Where to listen for other members. Without, the node is and stays alone."),
    INITIAL_ADVERTISE_PEER_URLS(
            "initial-advertise-peer-urls",
            "URL,...",
            null,
            "Where the other members reach this one; where it listens when not given. A first start only."),
    INITIAL_CLUSTER(
            "initial-cluster",
            "NAME=URL,...",
            null,
            "The members of the cluster and their peer URLs, the same list at each; this member alone when not given."
                    + " A first start only."),
    INITIAL_CLUSTER_STATE(
            "initial-cluster-state",
            "STATE",
            "new",
            "new: the members form a cluster. existing: this one was added to a cluster, and finds its id there by its"
                    + " peer URLs. A first start only."),
    INITIAL_CLUSTER_TOKEN(
            "initial-cluster-token",
            "TEXT",
            "quorate-cluster",
            "Tells clusters apart that have the same members. A first start only."),
    FORCE_NEW_CLUSTER(
            "force-new-cluster",
            "BOOL",
            "false",
            "Disaster recovery, when most members are lost for good: this one becomes the only member of a new cluster"
                    + " with what its disk holds. Once; to be taken away for the next start."),
    ELECTION_TIMEOUT(
            "election-timeout",
            "MS",
            "1000",
            "A leader that is silent for so long is replaced; ten times the interval of heartbeats."),
    SNAPSHOT_COUNT("snapshot-count", "N", "1000000", "A snapshot after so many writes, or 256 MiB of them."),
    CERT_FILE(
            "cert-file",
            "FILE",
            null,
            "The certificate to show to clients, in PEM; for https in --listen-client-urls."),
    KEY_FILE("key-file", "FILE", null, "The key of that certificate, in PEM."),
    TRUSTED_CA_FILE(
            "trusted-ca-file",
            "FILE",
            null,
            "Who signs the certificates of clients, in PEM. With it, clients must show one."),
    CLIENT_CERT_AUTH(
            "client-cert-auth",
            "BOOL",
            "false",
            "Clients must show a certificate, as they must whenever --trusted-ca-file is given."),
    PEER_CERT_FILE(
            "peer-cert-file",
            "FILE",
            null,
            "The certificate to show to other members, in PEM; for https in --listen-peer-urls."),
    PEER_KEY_FILE("peer-key-file", "FILE", null, "The key of that certificate, in PEM."),
    PEER_TRUSTED_CA_FILE("peer-trusted-ca-file", "FILE", null, "Who signs the certificates of members, in PEM."),
    PEER_CLIENT_CERT_AUTH(
            "peer-client-cert-auth", "BOOL", "true", "Other members must show a certificate when they call."),
    LISTEN_METRICS_URLS(
            "listen-metrics-urls",
            "URL,...",
            null,
            "Where to answer /health and /metrics, over http only; nowhere when not given."),
    LOG_LEVEL("log-level", "LEVEL", "warn", "What goes to standard error: error, warn, info, debug."),
    LOG_FORMAT("log-format", "FORMAT", "text", "How it is written there: text, or json with an object a line.");

    private static final String VARIABLE_PREFIX = "QUORATE_";

    private final String key;
    private final String label;
    private final @Nullable String preset;
    private final String description;

    Setting(String key, String label, @Nullable String preset, String description) {
        this.key = key;
        this.label = label;
        this.preset = preset;
        this.description = description;
    }

    /** The name in the file. */
    String key() {
        return key;
    }

    /** The name on the command line. */
    String flag() {
        return "--" + key;
    }

    /** The name in the environment. */
    String variable() {
        return VARIABLE_PREFIX + key.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** What the value is, in a word for the help. */
    String label() {
        return label;
    }

    /** The value that holds when none is given. */
    Optional<String> preset() {
        return Optional.ofNullable(preset);
    }

    /** What it is for, in sentences. */
    String description() {
        return preset == null ? description : description + " (default: " + preset + ")";
    }
}
