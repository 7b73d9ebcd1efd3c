package dev.quorate.server.chaos;

import dev.quorate.etcd.wire.NodeStatusResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;

/** The members of the cluster of a round; who is one changes on the thread of the nemesis, any thread may look. */
final class Members implements AutoCloseable {
    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    private final RoundPlan plan;
    private final Network network;
    private final Volumes volumes;
    private final Path directory;
    private final String token;
    private final List<Member> present = new CopyOnWriteArrayList<>();
    private final List<Member> everybody = new ArrayList<>();
    private final ExecutorService askers = Threads.cached("quorate-asker");
    private int last;

    /**
     * No members yet.
     *
     * @param directory gets a directory for each
     * @param token tells this cluster from all others
     */
    Members(RoundPlan plan, Network network, Volumes volumes, Path directory, String token) {
        this.plan = plan;
        this.network = network;
        this.volumes = volumes;
        this.directory = directory;
        this.token = token;
    }

    /** Starts those with which the cluster begins. */
    void startFirst() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < plan.nodes(); i++) {
            numbers.add(++last);
            network.connect(last, home(last));
        }
        for (int number : numbers) {
            present.add(member(number, "new", numbers));
        }
        for (Member member : present) {
            member.start();
        }
    }

    /** Prepares one that is to join; it is to be added to the cluster, then to this list by {@link #joined}. */
    Member prepare() throws IOException {
        int number = ++last;
        network.connect(number, home(number));
        List<Integer> numbers =
                new ArrayList<>(present.stream().map(Member::number).toList());
        numbers.add(number);
        return member(number, "existing", numbers);
    }

    /** True when another one can be prepared. */
    boolean mayPrepare() {
        return last < Network.MEMBERS_MAX;
    }

    /** It is a member now. */
    void joined(Member member) {
        present.add(member);
    }

    /** It is none any more. */
    void left(Member member) {
        present.remove(member);
    }

    /** Those that are members, whether they run or not. */
    List<Member> present() {
        return List.copyOf(present);
    }

    /** Those to which something can be done. */
    List<Member> idle() {
        return present.stream().filter(Member::isIdle).toList();
    }

    /** How many do not run or stand still. */
    int away() {
        return (int) present.stream()
                .filter(member -> !member.isAlive() || member.process().isPaused())
                .count();
    }

    /** How many of the members no quorum needs. */
    int spareCount() {
        return (present.size() - 1) / 2;
    }

    String peerUrl(Member member) {
        return network.peerUrl(member.number());
    }

    /** How often logs had no space for a write; those of members that have left included. */
    int logRefusals() throws IOException {
        int refusals = 0;
        for (Member member : everybody) {
            refusals += member.logRefusals();
        }
        return refusals;
    }

    /** What those that run say of themselves; all are asked at once. */
    Map<Member, NodeStatusResponse> statuses() {
        Map<Member, NodeStatusResponse> statuses = new ConcurrentHashMap<>();
        CompletableFuture<?>[] answers = present.stream()
                .filter(member -> member.isAlive() && !member.process().isPaused())
                .map(member -> CompletableFuture.runAsync(
                        () -> member.status().ifPresent(status -> statuses.put(member, status)), askers))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(answers).join();
        return statuses;
    }

    /** The one that leads in the highest term, by what they say. */
    Optional<Member> leader() {
        return leaderOf(statuses());
    }

    static Optional<Member> leaderOf(Map<Member, NodeStatusResponse> statuses) {
        return statuses.entrySet().stream()
                .filter(entry -> entry.getValue().getRole().equals("leader"))
                .max(Comparator.comparingLong(entry -> entry.getValue().getTerm()))
                .map(Map.Entry::getKey);
    }

    /** A small JVM with the classes of this one; its own options and the main class may follow. */
    static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith(ARCHIVE))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    private Path home(int number) throws IOException {
        Path home = directory.resolve("m" + number);
        Files.createDirectories(home.resolve("tmp"));
        return home;
    }

    private Member member(int number, String state, List<Integer> numbers) throws IOException {
        Path home = home(number);
        volumes.provide(Member.volumeIn(home));
        List<String> command = new ArrayList<>(network.launcher(number));
        command.addAll(java());
        command.add("-Djava.io.tmpdir=" + home.resolve("tmp"));
        command.addAll(network.jvmOptions(number));
        command.add(plan.segments().option());
        command.add(FaultyServer.class.getName());
        List<String> cluster = numbers.stream()
                .map(each -> "m" + each + "=" + network.peerUrl(each))
                .toList();
        command.addAll(List.of(
                "--name=m" + number,
                "--data-dir=" + Member.volumeIn(home).resolve("data"),
                "--listen-client-urls=" + network.client(number).url(),
                "--listen-peer-urls=" + network.peerListen(number),
                "--initial-advertise-peer-urls=" + network.peerUrl(number),
                "--initial-cluster=" + String.join(",", cluster),
                "--initial-cluster-state=" + state,
                "--initial-cluster-token=" + token,
                "--election-timeout=" + plan.electionMillis(),
                "--snapshot-count=" + plan.snapshotCount(),
                "--log-level=info"));
        Member member = new Member(number, home, network.client(number), command);
        everybody.add(member);
        return member;
    }

    @Override
    public void close() {
        everybody.forEach(Member::close);
        askers.shutdownNow();
    }
}
