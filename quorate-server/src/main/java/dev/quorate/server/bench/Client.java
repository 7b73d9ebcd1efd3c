package dev.quorate.server.bench;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.server.console.Connection;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One that has at most one call under way: it chooses the call, sends it, counts the answer, and tells its loop that it
 * is free. No thread of its own: it is told what to do by one thread at a time, and answers come on the network thread.
 */
final class Client {
    private final Shape shape;
    private final KeySpace space;
    private final Ledger ledger;
    private final Connection connection;
    private final KVGrpc.KVStub stub;
    private final SplittableRandom random;

    Client(Shape shape, KeySpace space, Ledger ledger, Connection connection, SplittableRandom random) {
        this.shape = shape;
        this.space = space;
        this.ledger = ledger;
        this.connection = connection;
        this.stub = connection.kvAsync();
        this.random = random;
    }

    /**
     * Makes the next call of a loop.
     *
     * @param dueNanos when it should have been made; its latency counts from there
     */
    void call(Loop loop, long dueNanos) {
        Scenario.Step step = loop.next(random);
        int key = step.key();
        switch (step.kind()) {
            case PUT -> put(loop, dueNanos, key);
            case RANGE -> range(loop, dueNanos, key, Kind.RANGE);
            case SERIALIZABLE_RANGE -> range(loop, dueNanos, key, Kind.SERIALIZABLE_RANGE);
            case TXN -> compareAndSwap(loop, dueNanos, key);
        }
    }

    private void put(Loop loop, long dueNanos, int key) {
        long ticket = ledger.nextTicket();
        PutRequest request = putRequest(key, ticket);
        connection.timed(stub).put(request, new Pending<>(loop, Kind.PUT, dueNanos, answer -> {
            ledger.acknowledge(key, ticket, answer.getHeader().getRevision());
            return Verdict.right(bytes(request));
        }));
    }

    private PutRequest putRequest(int key, long ticket) {
        return PutRequest.newBuilder()
                .setKey(space.key(key))
                .setValue(space.value(key, ticket))
                .build();
    }

    private void range(Loop loop, long dueNanos, int key, Kind kind) {
        RangeRequest.Builder request =
                RangeRequest.newBuilder().setKey(space.key(key)).setSerializable(kind == Kind.SERIALIZABLE_RANGE);
        if (shape.rangeKeys() > 1) {
            request.setRangeEnd(space.behind(key, shape.rangeKeys())).setLimit(shape.rangeKeys());
        }
        long acknowledged = ledger.acknowledged(key);
        connection.timed(stub).range(request.build(), new Pending<>(loop, kind, dueNanos, answer -> {
            Verdict verdict = Verdict.right(bytes(answer.getKvsList()));
            return kind == Kind.RANGE ? judge(answer, key, acknowledged, verdict) : verdict;
        }));
    }

    /** A linearizable read shows every key, and nothing older than what was acknowledged when it began. */
    private Verdict judge(RangeResponse answer, int key, long acknowledged, Verdict right) {
        int expected = Math.min(shape.rangeKeys(), space.keys() - key);
        if (answer.getKvsCount() < expected) {
            return Verdict.wrong(answer.getKvsCount() + " of " + expected + " keys");
        }
        long revision = answer.getKvs(0).getModRevision();
        return revision < acknowledged
                ? Verdict.wrong("revision " + revision + ", acknowledged was " + acknowledged)
                : right;
    }

    private void compareAndSwap(Loop loop, long dueNanos, int key) {
        long ticket = ledger.nextTicket();
        PutRequest put = putRequest(key, ticket);
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(put.getKey())
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(ledger.seen(key)))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(put.getKey())))
                .build();
        connection.timed(stub).txn(request, new Pending<>(loop, Kind.TXN, dueNanos, answer -> {
            if (answer.getSucceeded()) {
                ledger.acknowledge(key, ticket, answer.getHeader().getRevision());
                return Verdict.right(bytes(put));
            }
            return lost(answer, key);
        }));
    }

    private Verdict lost(TxnResponse answer, int key) {
        if (answer.getResponsesCount() != 1 || !answer.getResponses(0).hasResponseRange()) {
            return Verdict.wrong("a transaction whose comparison did not hold, without the answer of its range");
        }
        List<KeyValue> found = answer.getResponses(0).getResponseRange().getKvsList();
        ledger.saw(key, found.isEmpty() ? 0 : found.get(0).getModRevision());
        return Verdict.conflict(bytes(found));
    }

    private static long bytes(PutRequest request) {
        return (long) request.getKey().size() + request.getValue().size();
    }

    private static long bytes(List<KeyValue> pairs) {
        long bytes = 0;
        for (KeyValue pair : pairs) {
            ByteString value = pair.getValue();
            bytes += pair.getKey().size() + value.size();
        }
        return bytes;
    }

    /** A call under way. */
    private final class Pending<R> implements StreamObserver<R> {
        private final Loop loop;
        private final Kind kind;
        private final long dueNanos;
        private final Function<R, Verdict> judge;
        private @Nullable R answer;

        Pending(Loop loop, Kind kind, long dueNanos, Function<R, Verdict> judge) {
            this.loop = loop;
            this.kind = kind;
            this.dueNanos = dueNanos;
            this.judge = judge;
        }

        @Override
        public void onNext(R answer) {
            this.answer = answer;
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            loop.tally().failed(Failure.of(kind, status), connection.explain(status));
            loop.freeAfterFailure(Client.this);
        }

        @Override
        public void onCompleted() {
            long nanos = System.nanoTime() - dueNanos;
            R answered = answer;
            Verdict verdict = answered == null ? Verdict.wrong("no message") : judge.apply(answered);
            if (verdict.wrong().isPresent()) {
                loop.tally().failed(Failure.wrong(kind), verdict.wrong().get());
                loop.freeAfterFailure(Client.this);
            } else {
                loop.tally().succeeded(kind, nanos, verdict);
                loop.free(Client.this);
            }
        }
    }
}
