package dev.quorate.server.client;

import com.google.protobuf.Message;
import dev.quorate.etcd.wire.Member;
import dev.quorate.etcd.wire.MemberAddRequest;
import dev.quorate.etcd.wire.MemberAddResponse;
import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MemberListResponse;
import dev.quorate.etcd.wire.MemberPromoteRequest;
import dev.quorate.etcd.wire.MemberRemoveRequest;
import dev.quorate.etcd.wire.MemberUpdateRequest;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quorate member}: who belongs to a cluster. */
@Command(
        name = "member",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists and changes the members of a cluster.")
public final class MemberCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private MemberCommand() {}

    /** The command with its subcommands. */
    public static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new MemberCommand())
                .addSubcommand(new ListThem(terminal))
                .addSubcommand(new Add(terminal))
                .addSubcommand(new Promote(terminal))
                .addSubcommand(new Remove(terminal))
                .addSubcommand(new Update(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** What all subcommands have. */
    private abstract static class One implements Callable<Integer> {
        final Terminal terminal;

        @Mixin
        ClientOptions client = new ClientOptions();

        @Mixin
        OutputOptions output = new OutputOptions();

        One(Terminal terminal) {
            this.terminal = terminal;
        }

        /** Makes a change and says what it did. */
        final <T extends Message> int change(Function<Connection, T> call, Function<T, String> sentence) {
            T answer = client.calling(call);
            output.print(terminal, answer, () -> terminal.line(sentence.apply(answer)));
            return 0;
        }
    }

    /** {@code quorate member list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Prints the members, as a quorum knows them.")
    private static final class ListThem extends One {
        ListThem(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            MemberListRequest request =
                    MemberListRequest.newBuilder().setLinearizable(true).build();
            MemberListResponse answer =
                    client.reading(server -> server.cluster().memberList(request));
            output.print(
                    terminal,
                    answer,
                    () -> table(answer.getMembersList()).lines().forEach(terminal::line));
            return 0;
        }

        private static Table table(List<Member> members) {
            Table table = new Table("ID", "STATUS", "NAME", "PEER URLS", "CLIENT URLS", "VOTES");
            for (Member member : members) {
                table.row(
                        Long.toHexString(member.getID()),
                        member.getName().isEmpty() ? "unstarted" : "started",
                        orDash(member.getName()),
                        orDash(String.join(",", member.getPeerURLsList())),
                        orDash(String.join(",", member.getClientURLsList())),
                        member.getIsLearner() ? "no" : "yes");
            }
            return table;
        }

        private static String orDash(String text) {
            return text.isEmpty() ? "-" : text;
        }
    }

    /** {@code quorate member add NAME}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Adds a member, and prints how its server is to be started.",
                "It is a learner until it has caught up, and gets its vote by itself then; with --learner when it is"
                        + " promoted."
            })
    private static final class Add extends One {
        @Parameters(index = "0", paramLabel = "NAME", description = "What the new member is called.")
        private String name = "";

        @Option(
                names = "--peer-urls",
                required = true,
                split = ",",
                paramLabel = "URL",
                description = "Where the other members will reach it.")
        private List<String> peerUrls = List.of();

        @Option(names = "--learner", description = "It stays without a vote until it is promoted.")
        private boolean learner;

        Add(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            MemberAddRequest request = MemberAddRequest.newBuilder()
                    .addAllPeerURLs(peerUrls)
                    .setIsLearner(learner)
                    .build();
            return change(server -> server.cluster().memberAdd(request), this::howToStart);
        }

        private String howToStart(MemberAddResponse answer) {
            List<String> cluster = new ArrayList<>();
            for (Member member : answer.getMembersList()) {
                boolean itself = member.getID() == answer.getMember().getID();
                String called = itself ? name : member.getName();
                member.getPeerURLsList()
                        .forEach(url -> cluster.add(
                                (called.isEmpty() ? Long.toHexString(member.getID()) : called) + "=" + url));
            }
            String urls = String.join(",", peerUrls);
            return "Member " + Long.toHexString(answer.getMember().getID()) + " added to cluster "
                    + Long.toHexString(answer.getHeader().getClusterId())
                    + ". Start its server with:\n\n  --name " + name
                    + " --initial-cluster-state existing \\\n  --initial-cluster " + String.join(",", cluster)
                    + " \\\n  --listen-peer-urls " + urls + " --initial-advertise-peer-urls " + urls;
        }
    }

    /** {@code quorate member promote ID}. */
    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = "Gives a learner a vote; refused until it has caught up.")
    private static final class Promote extends One {
        @Parameters(index = "0", paramLabel = "ID", converter = MemberId.class, description = "The learner.")
        private long id;

        Promote(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            MemberPromoteRequest request =
                    MemberPromoteRequest.newBuilder().setID(id).build();
            return change(
                    server -> server.cluster().memberPromote(request),
                    answer -> "Member " + Long.toHexString(id) + " votes now");
        }
    }

    /** {@code quorate member remove ID}. */
    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Removes a member for good: its server stops, and its data is of no use any more.")
    private static final class Remove extends One {
        @Parameters(index = "0", paramLabel = "ID", converter = MemberId.class, description = "The member.")
        private long id;

        Remove(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            MemberRemoveRequest request =
                    MemberRemoveRequest.newBuilder().setID(id).build();
            return change(
                    server -> server.cluster().memberRemove(request),
                    answer -> "Member " + Long.toHexString(id) + " removed from cluster "
                            + Long.toHexString(answer.getHeader().getClusterId()));
        }
    }

    /** {@code quorate member update ID}. */
    @Command(name = "update", mixinStandardHelpOptions = true, description = "Tells the others where a member is now.")
    private static final class Update extends One {
        @Parameters(index = "0", paramLabel = "ID", converter = MemberId.class, description = "The member.")
        private long id;

        @Option(
                names = "--peer-urls",
                required = true,
                split = ",",
                paramLabel = "URL",
                description = "Where the other members reach it from now on.")
        private List<String> peerUrls = List.of();

        Update(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            MemberUpdateRequest request = MemberUpdateRequest.newBuilder()
                    .setID(id)
                    .addAllPeerURLs(peerUrls)
                    .build();
            return change(
                    server -> server.cluster().memberUpdate(request),
                    answer -> "Member " + Long.toHexString(id) + " updated in cluster "
                            + Long.toHexString(answer.getHeader().getClusterId()));
        }
    }
}
