package dev.quorate.server.node;

import dev.quorate.etcd.wire.ClusterGrpc;
import dev.quorate.etcd.wire.Member;
import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MemberListResponse;
import dev.quorate.raft.NodeId;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.node.ServerConfig.PeerConfig;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.tls.ReloadingTls;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Finds out who this server is in a cluster that it was added to: another member knows it by its peer URLs. Asks the
 * peer ports of the others, one after the other, until one answers.
 */
final class MemberLookup {
    /** How long the others are asked again and again: they may be starting too. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private MemberLookup() {}

    /**
     * The identity under which this server was added.
     *
     * @throws CommandFailedException in one line, when nobody answers or nobody knows these URLs
     */
    static NodeIdentity find(String name, PeerConfig config) {
        List<String> others = new ArrayList<>();
        config.cluster().members().forEach((member, urls) -> {
            if (!member.equals(name)) {
                others.addAll(urls);
            }
        });
        if (others.isEmpty()) {
            throw CommandFailedException.usage(
                    "--initial-cluster-state existing needs the other members in --initial-cluster");
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<String> failures = new ArrayList<>();
            for (String url : others) {
                try {
                    return identity(config, ask(url, config));
                } catch (StatusRuntimeException failed) {
                    failures.add(url + " " + failed.getStatus().getCode());
                }
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new CommandFailedException(
                        "cannot ask the cluster for the id of this member: " + String.join(", ", failures));
            }
            pause();
        }
    }

    private static MemberListResponse ask(String url, PeerConfig config) {
        URI uri = URI.create(url);
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort());
        if (url.startsWith("https://")) {
            builder.sslContext(context(config));
        } else {
            builder.usePlaintext();
        }
        ManagedChannel channel = builder.build();
        try {
            return ClusterGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS)
                    .memberList(MemberListRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    private static SslContext context(PeerConfig config) {
        try {
            ReloadingTls tls = new ReloadingTls(config.tls()
                    .orElseThrow(() -> CommandFailedException.usage(
                            "--initial-cluster has members at https, and --listen-peer-urls is not")));
            return GrpcSslContexts.forClient()
                    .trustManager(tls.trustManager())
                    .keyManager(tls.keyManager())
                    .build();
        } catch (InvalidRequestException | SSLException unusable) {
            throw new CommandFailedException(String.valueOf(unusable.getMessage()));
        }
    }

    private static NodeIdentity identity(PeerConfig config, MemberListResponse response) {
        TreeSet<String> ours = new TreeSet<>(config.advertised());
        for (Member member : response.getMembersList()) {
            if (ours.equals(new TreeSet<>(member.getPeerURLsList()))) {
                return new NodeIdentity(response.getHeader().getClusterId(), NodeId.of(member.getID()));
            }
        }
        throw new CommandFailedException(
                "cluster " + Long.toHexString(response.getHeader().getClusterId())
                        + " has no member at " + String.join(",", config.advertised())
                        + "; add it first, with quorate member add");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted");
        }
    }
}
