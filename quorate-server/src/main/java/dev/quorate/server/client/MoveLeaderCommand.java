package dev.quorate.server.client;

import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MoveLeaderRequest;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code quorate move-leader NODE}. */
@Command(
        name = "move-leader",
        mixinStandardHelpOptions = true,
        description = {
            "Hands the leadership over to another voter.",
            "The leader is looked for among --endpoints and among the client URLs that the members tell."
        })
public final class MoveLeaderCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(
            index = "0",
            paramLabel = "NODE",
            converter = MemberId.class,
            description = "The id of the member that is to lead, as member list prints it.")
    private long target;

    public MoveLeaderCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Optional<Endpoint> leader = leader();
        if (leader.isEmpty()) {
            throw new CommandFailedException(
                    "the leader is not among " + client.endpoints() + " and not to be found through them");
        }
        try (Connection server = client.connectTo(leader.get())) {
            MoveLeaderRequest request =
                    MoveLeaderRequest.newBuilder().setTargetID(target).build();
            long before = server.ask(() -> server.maintenance().moveLeader(request))
                    .getHeader()
                    .getMemberId();
            terminal.line(
                    "Leadership transferred from " + Long.toHexString(before) + " to " + Long.toHexString(target));
        }
        return 0;
    }

    private Optional<Endpoint> leader() {
        Set<Endpoint> all = new LinkedHashSet<>(client.endpoints());
        List<String> urls = client.reading(
                server -> server.cluster().memberList(MemberListRequest.getDefaultInstance()).getMembersList().stream()
                        .flatMap(member -> member.getClientURLsList().stream())
                        .toList());
        urls.forEach(url -> endpoint(url).ifPresent(all::add));
        return new ArrayList<>(all).stream().filter(this::leads).findFirst();
    }

    /** The address in a URL of a member; empty for one that this command cannot use. */
    private static Optional<Endpoint> endpoint(String url) {
        try {
            return Optional.of(Endpoint.parse(url));
        } catch (IllegalArgumentException ofAnotherKind) {
            return Optional.empty();
        }
    }

    private boolean leads(Endpoint endpoint) {
        try (Connection server = client.connectTo(endpoint)) {
            var status = server.ask(() -> server.maintenance().status(StatusRequest.getDefaultInstance()));
            return status.getLeader() == status.getHeader().getMemberId();
        } catch (CommandFailedException unreachable) {
            return false;
        }
    }
}
