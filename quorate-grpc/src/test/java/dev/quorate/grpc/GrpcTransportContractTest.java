package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import dev.quorate.testkit.TransportContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

final class GrpcTransportContractTest extends TransportContract {
    @Override
    protected Place place(NodeId self) throws IOException {
        GrpcTransport transport = GrpcTransport.builder()
                .clusterId(0xC1)
                .self(self)
                .listen(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .build();
        return new Place(
                transport,
                "http://127.0.0.1:" + transport.boundAddresses().get(0).getPort());
    }

    @Override
    protected String deadAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }
}
