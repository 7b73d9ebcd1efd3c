package dev.quorate.server.node;

import dev.quorate.etcd.MemberAddress;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.console.WireJson;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.wal.RestoredDirectory;
import dev.quorate.wal.SavedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate snapshot restore FILE}. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes the data directory of a member of a new cluster that begins with what FILE holds: every key with its"
                    + " history and revisions, and the client sessions. Run it once for each member, with the same FILE"
                    + " and the same --initial-cluster, then start the servers with these directories.",
            "",
            "FILE is verified first, and a directory that holds anything is left as it is. The new cluster has an id of"
                    + " its own, so members of the old one are refused.",
            "",
            "Without --initial-cluster and --initial-advertise-peer-urls the member is alone.",
            "",
        })
public final class SnapshotRestoreCommand implements Callable<Integer> {
    private static final String NAME = "--name";
    private static final String ADVERTISE = "--initial-advertise-peer-urls";
    private static final String CLUSTER = "--initial-cluster";

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "What snapshot save wrote.")
    private Path file = Path.of("");

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "The directory to make; it may exist when it is empty.")
    private Path directory = Path.of("");

    @Option(
            names = NAME,
            paramLabel = "NAME",
            defaultValue = "default",
            description = "What the member is called in --initial-cluster (default: ${DEFAULT-VALUE}).")
    private String name = "";

    @Option(
            names = CLUSTER,
            paramLabel = "NAME=URL,...",
            split = ",",
            description = "The members of the new cluster and their peer URLs, the same list for each; this member"
                    + " alone when not given.")
    private List<String> cluster = List.of();

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TEXT",
            defaultValue = "quorate-cluster",
            description = "Tells clusters apart that have the same members and the same snapshot (default:"
                    + " ${DEFAULT-VALUE}).")
    private String token = "";

    @Option(
            names = ADVERTISE,
            paramLabel = "URL,...",
            split = ",",
            description = "Where the other members reach this one; what --initial-cluster says when not given.")
    private List<String> advertised = List.of();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public SnapshotRestoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        InitialCluster members = members();
        try (SavedSnapshot snapshot = SavedSnapshot.open(file)) {
            boolean alone = members.members().isEmpty();
            NodeIdentity identity = alone ? SingleNode.fresh() : members.identity(name, snapshot.sha256());
            Map<NodeId, String> addresses = alone
                    ? Map.of(identity.nodeId(), new MemberAddress(List.of(), name, List.of(), false).text())
                    : members.addresses();
            make(snapshot, identity, Membership.ofVoters(addresses));
            say(snapshot, identity, addresses.size());
            return 0;
        } catch (CorruptSnapshotException damaged) {
            throw new CommandFailedException(damaged.getMessage() + "; nothing was restored");
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot read " + file + ": "
                    + unreadable.getClass().getSimpleName().replace("Exception", ""));
        }
    }

    /** The members of the new cluster, checked; none for a member that is alone. */
    private InitialCluster members() {
        try {
            MemberAddress.requireName(name);
        } catch (IllegalArgumentException bad) {
            throw CommandFailedException.usage(NAME + ": " + bad.getMessage());
        }
        if (name.isEmpty()) {
            throw CommandFailedException.usage(NAME + ": a member needs a name");
        }
        List<String> parts = cluster.isEmpty()
                ? advertised.stream().map(url -> name + "=" + url).toList()
                : cluster;
        InitialCluster members;
        try {
            members = InitialCluster.parse(token, parts);
        } catch (IllegalArgumentException bad) {
            throw CommandFailedException.usage((cluster.isEmpty() ? ADVERTISE : CLUSTER) + ": " + bad.getMessage());
        }
        if (!parts.isEmpty()) {
            List<String> listed = members.members().getOrDefault(name, List.of());
            members.requireMember(name, advertised.isEmpty() ? listed : advertised);
        }
        return members;
    }

    private void make(SavedSnapshot snapshot, NodeIdentity identity, Membership members) {
        try {
            RestoredDirectory.make(directory, snapshot, identity, members);
        } catch (ForeignDirectoryException | DirectoryInUseException refused) {
            throw new CommandFailedException(String.valueOf(refused.getMessage()));
        } catch (IOException unwritable) {
            throw new CommandFailedException("cannot restore to " + directory + ": "
                    + unwritable.getClass().getSimpleName().replace("Exception", "") + " " + unwritable.getMessage()
                    + "; what is there by now is not a data directory, delete it before another attempt");
        }
    }

    private void say(SavedSnapshot snapshot, NodeIdentity identity, int members) {
        String clusterId = Long.toHexString(identity.clusterId());
        if (output.json()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("directory", directory.toString());
            fields.put("node", identity.nodeId().toString());
            fields.put("cluster", clusterId);
            fields.put("members", members);
            fields.put("index", snapshot.metadata().lastIncluded().index());
            fields.put("term", snapshot.metadata().lastIncluded().term());
            terminal.line(WireJson.ofFields(fields));
            return;
        }
        terminal.line(
                "Snapshot up to entry " + snapshot.metadata().lastIncluded().index() + " restored to " + directory
                        + ": node " + identity.nodeId() + " of the new cluster " + clusterId + ", "
                        + (members == 1 ? "alone" : "one of " + members));
    }
}
