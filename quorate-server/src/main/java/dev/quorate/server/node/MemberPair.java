package dev.quorate.server.node;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Two members of one cluster in this process, configured as processes are, on free ports of the loopback address. For
 * what wants to have done once all that a member does.
 */
public final class MemberPair implements AutoCloseable {
    private static final List<String> NAMES = List.of("a", "b");
    private static final int START_SECONDS = 60;

    private final List<RunningServer> members = new ArrayList<>();

    private MemberPair() {}

    /**
     * Starts both, and waits until they answer.
     *
     * @param directory gets their data
     * @throws CommandFailedException in one line, when they do not start
     */
    public static MemberPair start(Path directory) {
        List<String> peers = new ArrayList<>();
        List<String> cluster = new ArrayList<>();
        for (String name : NAMES) {
            String url = "http://127.0.0.1:" + freePort();
            peers.add(url);
            cluster.add(name + "=" + url);
        }
        MemberPair pair = new MemberPair();
        boolean ready = false;
        try {
            for (int member = 0; member < NAMES.size(); member++) {
                Map<Setting, String> flags = new EnumMap<>(Setting.class);
                flags.put(Setting.NAME, NAMES.get(member));
                flags.put(Setting.DATA_DIR, directory.resolve(NAMES.get(member)).toString());
                flags.put(Setting.LISTEN_CLIENT_URLS, "http://127.0.0.1:0");
                flags.put(Setting.LISTEN_PEER_URLS, peers.get(member));
                flags.put(Setting.INITIAL_CLUSTER, String.join(",", cluster));
                pair.members.add(RunningServer.start(
                        ServerConfig.of(Settings.of(flags, Map.of())), new GrpcPeers(), Machine.THIS));
            }
            pair.await();
            ready = true;
            return pair;
        } finally {
            if (!ready) {
                pair.close();
            }
        }
    }

    private void await() {
        try {
            CompletableFuture.allOf(members.stream().map(RunningServer::ready).toArray(CompletableFuture[]::new))
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new CommandFailedException("two members did not answer within " + START_SECONDS + " s");
        } catch (ExecutionException failed) {
            throw new CommandFailedException("two members did not start: " + failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted while two members started");
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new CommandFailedException("no free port: " + none.getMessage());
        }
    }

    /** Where each of them serves clients. */
    public List<Endpoint> endpoints() {
        return members.stream().flatMap(member -> member.endpoints().stream()).toList();
    }

    @Override
    public void close() {
        members.forEach(RunningServer::close);
    }
}
