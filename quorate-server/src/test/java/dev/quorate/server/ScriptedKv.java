package dev.quorate.server;

import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.ResponseHeader;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * A server that speaks etcd's protocol and keeps nothing: a script says what becomes of each put, and no range finds
 * anything, unless the script says so.
 */
final class ScriptedKv extends KVGrpc.KVImplBase implements AutoCloseable {
    private static final ResponseHeader HEADER =
            ResponseHeader.newBuilder().setRevision(2).build();

    private final LongFunction<Turn> script;
    private final boolean findsAny;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong puts = new AtomicLong();
    private final Server server;

    /**
     * What becomes of a put.
     *
     * @param status OK acknowledges it
     * @param millis after which it is answered
     */
    record Turn(Status status, long millis) {
        static final Turn TAKEN = new Turn(Status.OK, 0);

        static Turn refused(Status status) {
            return new Turn(status, 0);
        }
    }

    private ScriptedKv(LongFunction<Turn> script, boolean findsAny) {
        this.script = script;
        this.findsAny = findsAny;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .build();
    }

    /** A server whose puts, counted from 0, get these turns. */
    static ScriptedKv start(LongFunction<Turn> script) throws IOException {
        return start(new ScriptedKv(script, false));
    }

    /** A server that finds an ancient version of whatever is asked for. */
    static ScriptedKv stale() throws IOException {
        return start(new ScriptedKv(put -> Turn.TAKEN, true));
    }

    private static ScriptedKv start(ScriptedKv kv) throws IOException {
        kv.server.start();
        return kv;
    }

    /** Where it listens. */
    String endpoint() {
        return "127.0.0.1:" + server.getPort();
    }

    /** How many puts it has seen. */
    long puts() {
        return puts.get();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answers) {
        Turn turn = script.apply(puts.getAndIncrement());
        if (turn.millis() == 0) {
            answer(turn, answers);
        } else {
            var unused = later.schedule(() -> answer(turn, answers), turn.millis(), TimeUnit.MILLISECONDS);
        }
    }

    private static void answer(Turn turn, StreamObserver<PutResponse> answers) {
        if (!turn.status().isOk()) {
            answers.onError(turn.status().asException());
            return;
        }
        answers.onNext(PutResponse.newBuilder().setHeader(HEADER).build());
        answers.onCompleted();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answers) {
        RangeResponse.Builder answer = RangeResponse.newBuilder().setHeader(HEADER);
        if (findsAny) {
            answer.addKvs(KeyValue.newBuilder()
                    .setKey(request.getKey())
                    .setModRevision(1)
                    .setVersion(1));
        }
        answers.onNext(answer.build());
        answers.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
        later.shutdownNow();
    }
}
