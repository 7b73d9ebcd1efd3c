package dev.quorate.server.drill;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.KVGrpc.KVStub;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.server.console.Connection;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Writers at full speed over one connection: each sends its next write as soon as the last one is acknowledged, and
 * ends with the first that is not. They run on the connection's network thread; call {@link #awaitEnd} before looking
 * into the record.
 */
final class Writers {
    private static final int VALUE_BYTES_MAX = 1500;

    private final Connection connection;
    private final WriteRecord record;
    private final int count;
    private final int keysEach;
    private final CountDownLatch running;
    private final CountDownLatch firstAcknowledged = new CountDownLatch(1);
    private final List<Status> ends = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();

    Writers(Connection connection, WriteRecord record, int count, int keysEach) {
        this.connection = connection;
        this.record = record;
        this.count = count;
        this.keysEach = keysEach;
        this.running = new CountDownLatch(count);
    }

    /** Begins to write; what is written depends on the seed. */
    void start(long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            Writer writer = new Writer(i, seeds.split());
            writer.next();
        }
    }

    /** True when a write was acknowledged within the time. */
    boolean awaitFirst(long seconds) throws InterruptedException {
        return firstAcknowledged.await(seconds, TimeUnit.SECONDS);
    }

    /** True when all writers have ended within the time; the record belongs to the caller then. */
    boolean awaitEnd(long seconds) throws InterruptedException {
        return running.await(seconds, TimeUnit.SECONDS);
    }

    /** How the writers ended; after {@link #awaitEnd}. */
    List<Status> ends() {
        synchronized (ends) {
            return List.copyOf(ends);
        }
    }

    /** How many writes were acknowledged. */
    long acknowledgedCount() {
        return acknowledged.get();
    }

    private final class Writer {
        private final int number;
        private final SplittableRandom random;
        private long sequence;

        Writer(int number, SplittableRandom random) {
            this.number = number;
            this.random = random;
        }

        void next() {
            sequence++;
            int kind = random.nextInt(10);
            ByteString first = key(random.nextInt(keysEach));
            if (kind == 0) {
                delete(new Attempt(List.of(first), Optional.empty()));
            } else if (kind <= 2) {
                ByteString second = key(keysEach + random.nextInt(keysEach));
                transaction(new Attempt(List.of(first, second), Optional.of(value())));
            } else {
                put(new Attempt(List.of(first), Optional.of(value())));
            }
        }

        private ByteString key(int index) {
            return ByteString.copyFromUtf8("writer-" + number + "/key-" + index);
        }

        private ByteString value() {
            String tag = number + "/" + sequence + "/" + Long.toHexString(random.nextLong()) + "/";
            byte[] padding = new byte[random.nextInt(VALUE_BYTES_MAX)];
            for (int i = 0; i < padding.length; i++) {
                padding[i] = (byte) ('a' + random.nextInt(26));
            }
            return ByteString.copyFromUtf8(tag).concat(ByteString.copyFrom(padding));
        }

        private void put(Attempt attempt) {
            send(attempt).put(putRequest(attempt, 0), answer(attempt, PutResponse::getHeader));
        }

        private PutRequest putRequest(Attempt attempt, int index) {
            return PutRequest.newBuilder()
                    .setKey(attempt.keys().get(index))
                    .setValue(attempt.value().orElse(ByteString.EMPTY))
                    .build();
        }

        private void delete(Attempt attempt) {
            DeleteRangeRequest request = DeleteRangeRequest.newBuilder()
                    .setKey(attempt.keys().get(0))
                    .build();
            send(attempt).deleteRange(request, answer(attempt, DeleteRangeResponse::getHeader));
        }

        private void transaction(Attempt attempt) {
            TxnRequest.Builder request = TxnRequest.newBuilder();
            for (int i = 0; i < attempt.keys().size(); i++) {
                request.addSuccess(RequestOp.newBuilder().setRequestPut(putRequest(attempt, i)));
            }
            send(attempt).txn(request.build(), answer(attempt, TxnResponse::getHeader));
        }

        private KVStub send(Attempt attempt) {
            synchronized (record) {
                record.begin(attempt);
            }
            return connection.timed(connection.kvAsync());
        }

        private <A> StreamObserver<A> answer(Attempt attempt, Function<A, ResponseHeader> header) {
            return new Acknowledgement<>(
                    this, attempt, answer -> header.apply(answer).getRevision());
        }

        void acknowledged(Attempt attempt, long revision) {
            synchronized (record) {
                record.acknowledged(attempt, revision);
            }
            acknowledged.incrementAndGet();
            firstAcknowledged.countDown();
            next();
        }

        void ended(Status status) {
            synchronized (ends) {
                ends.add(status);
            }
            running.countDown();
        }
    }

    private static final class Acknowledgement<A> implements StreamObserver<A> {
        private final Writer writer;
        private final Attempt attempt;
        private final ToLongFunction<A> revision;
        private long acknowledgedRevision;

        Acknowledgement(Writer writer, Attempt attempt, ToLongFunction<A> revision) {
            this.writer = writer;
            this.attempt = attempt;
            this.revision = revision;
        }

        @Override
        public void onNext(A answer) {
            acknowledgedRevision = revision.applyAsLong(answer);
        }

        @Override
        public void onCompleted() {
            writer.acknowledged(attempt, acknowledgedRevision);
        }

        @Override
        public void onError(Throwable failure) {
            writer.ended(Status.fromThrowable(failure));
        }
    }
}
