package dev.quorate.server.client;

import dev.quorate.etcd.wire.NodeStatusRequest;
import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.etcd.wire.StatusResponse;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.console.WireJson;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code quorate status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Prints what each server of --endpoints says of itself; exit code 1 when one does not answer.")
public final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Map<Endpoint, NodeStatusResponse> more = new LinkedHashMap<>();
        Map<Endpoint, StatusResponse> statuses = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (Endpoint endpoint : client.endpoints()) {
            try (Connection server = client.connectTo(endpoint)) {
                StatusRequest request = StatusRequest.getDefaultInstance();
                statuses.put(endpoint, server.ask(() -> server.maintenance().status(request)));
                more.put(endpoint, more(server));
            } catch (CommandFailedException failed) {
                failures.add(failed.getMessage());
            }
        }
        if (output.json()) {
            terminal.line(WireJson.ofStatuses(statuses));
        } else if (!statuses.isEmpty()) {
            table(statuses, more).lines().forEach(terminal::line);
        }
        if (!failures.isEmpty()) {
            throw new CommandFailedException(String.join("; ", failures));
        }
        return 0;
    }

    /** What one of ours tells besides; nothing from a server of another kind. */
    private static NodeStatusResponse more(Connection server) {
        try {
            return server.operator().nodeStatus(NodeStatusRequest.getDefaultInstance());
        } catch (StatusRuntimeException unknown) {
            return NodeStatusResponse.getDefaultInstance();
        }
    }

    private static Table table(Map<Endpoint, StatusResponse> statuses, Map<Endpoint, NodeStatusResponse> more) {
        Table table = new Table(
                "ENDPOINT",
                "NODE",
                "NAME",
                "ROLE",
                "TERM",
                "COMMIT",
                "APPLIED",
                "LAG",
                "REVISION",
                "SIZE",
                "SNAPSHOT",
                "PURGED",
                "VERSION",
                "ALARMS");
        long newest = statuses.values().stream()
                .mapToLong(StatusResponse::getRaftIndex)
                .max()
                .orElse(0);
        statuses.forEach((endpoint, status) -> {
            NodeStatusResponse ours = more.getOrDefault(endpoint, NodeStatusResponse.getDefaultInstance());
            table.row(
                    endpoint.toString(),
                    Long.toHexString(status.getHeader().getMemberId()),
                    ours.getName().isEmpty() ? "-" : ours.getName(),
                    role(status, ours),
                    Long.toUnsignedString(status.getRaftTerm()),
                    Long.toUnsignedString(status.getRaftIndex()),
                    Long.toUnsignedString(status.getRaftAppliedIndex()),
                    Long.toString(Math.max(0, newest - status.getRaftAppliedIndex())),
                    Long.toString(status.getHeader().getRevision()),
                    Table.bytes(status.getDbSize()),
                    ours.getNodeId() == 0 ? "-" : Long.toUnsignedString(ours.getSnapshotIndex()),
                    ours.getNodeId() == 0 ? "-" : Long.toUnsignedString(ours.getPurgedIndex()),
                    ours.getVersion().isEmpty() ? status.getVersion() : ours.getVersion(),
                    status.getErrorsCount() == 0 ? "none" : String.join(", ", status.getErrorsList()));
        });
        return table;
    }

    private static String role(StatusResponse status, NodeStatusResponse ours) {
        if (ours.getRejoining()) {
            return "rejoining";
        }
        if (status.getLeader() == 0) {
            return "no leader";
        }
        if (status.getLeader() == status.getHeader().getMemberId()) {
            return "leader";
        }
        return status.getIsLearner() ? "learner" : "follower";
    }
}
