package dev.quorate.server.bulk;

import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.server.console.Connection;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Where puts go: to one server as long as it answers, and to the next one when it does not, since every member takes
 * every call. Any thread.
 */
final class Destinations implements Pipeline.Sender, AutoCloseable {
    private final List<Connection> servers;
    private final AtomicInteger turn = new AtomicInteger();

    /** The servers in the order of trial; they are closed with this. */
    Destinations(List<Connection> servers) {
        this.servers = List.copyOf(servers);
    }

    @Override
    public void put(Row.Pair pair, Consumer<Status> done) {
        int mine = turn.get();
        Connection server = servers.get(mine);
        PutRequest request = PutRequest.newBuilder()
                .setKey(pair.key())
                .setValue(pair.value())
                .build();
        server.timed(server.kvAsync()).put(request, new StreamObserver<>() {
            @Override
            public void onNext(PutResponse answer) {}

            @Override
            public void onError(Throwable refused) {
                Status status = Status.fromThrowable(refused);
                if (isAway(status)) {
                    // Many puts may be on their way to a server that dies: the first of them moves all.
                    turn.compareAndSet(mine, (mine + 1) % servers.size());
                }
                done.accept(status);
            }

            @Override
            public void onCompleted() {
                done.accept(Status.OK);
            }
        });
    }

    private static boolean isAway(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> true;
            default -> false;
        };
    }

    @Override
    public void close() {
        servers.forEach(Connection::close);
    }
}
