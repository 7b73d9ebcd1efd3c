package dev.quorate.server;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Uses once what every command uses, so that its classes can be kept in an archive from which later starts take them.
 *
 * <p>The launcher runs this after a build. It talks to itself on a free port of the loopback address, and leaves
 * nothing behind.
 */
@Command(name = "warm-up", hidden = true, description = "Loads what the other commands load; the launcher runs it.")
final class WarmUp implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Server server = NettyServerBuilder.forAddress(anyPort)
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try {
            ServingStatus status = HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
            return status == ServingStatus.SERVING ? 0 : 1;
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }
}
