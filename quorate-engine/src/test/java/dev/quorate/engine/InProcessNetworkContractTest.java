package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.testkit.TransportContract;

final class InProcessNetworkContractTest extends TransportContract {
    private final InProcessNetwork network = new InProcessNetwork();
    private int addresses;

    @Override
    protected Place place(NodeId self) {
        String address = "address " + ++addresses;
        return new Place(network.transport(self, address), address);
    }

    @Override
    protected String deadAddress() {
        return "nowhere";
    }
}
