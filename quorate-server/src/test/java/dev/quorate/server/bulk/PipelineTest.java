package dev.quorate.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.server.bulk.Pipeline.Failure;
import dev.quorate.server.bulk.Pipeline.Mark;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PipelineTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(10);

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final List<Pipeline> open = new ArrayList<>();

    private record Call(Row.Pair pair, Consumer<Status> done) {}

    @AfterEach
    void close() {
        open.forEach(Pipeline::close);
    }

    @Test
    void theMarkStandsBeforeTheFirstRowThatIsNotDone() {
        Pipeline pipeline = pipeline(8, false, LONG);
        offer(pipeline, 1, "a");
        offer(pipeline, 2, "b");
        offer(pipeline, 5, "c");
        call(1).done().accept(Status.OK);
        assertThat(pipeline.mark()).isEqualTo(Mark.START);
        call(0).done().accept(Status.OK);
        assertThat(pipeline.mark()).isEqualTo(new Mark(2, 102, 2, 0));
        call(2).done().accept(Status.OK);
        assertThat(pipeline.mark()).isEqualTo(new Mark(5, 105, 3, 0));
        assertThat(pipeline.drain(NOW)).isTrue();
    }

    @Test
    void noMoreThanTheLimitAreOnTheirWay() {
        Pipeline pipeline = pipeline(2, false, LONG);
        offer(pipeline, 1, "a");
        offer(pipeline, 2, "b");
        assertThat(pipeline.offer(pair(3, "c"), 103, NOW)).isFalse();
        call(0).done().accept(Status.OK);
        assertThat(pipeline.offer(pair(3, "c"), 103, NOW)).isTrue();
    }

    @Test
    void aKeyIsOnItsWayOnlyOnce() {
        Pipeline pipeline = pipeline(8, false, LONG);
        offer(pipeline, 1, "a");
        assertThat(pipeline.offer(pair(2, "a"), 102, NOW)).isFalse();
        call(0).done().accept(Status.OK);
        assertThat(pipeline.offer(pair(2, "a"), 102, NOW)).isTrue();
    }

    @Test
    void aServerThatWasAwayIsAskedAgain() throws InterruptedException {
        Pipeline pipeline = pipeline(8, false, LONG);
        offer(pipeline, 1, "a");
        take().done().accept(Status.UNAVAILABLE);
        Call again = take();
        assertThat(again.pair().line()).isEqualTo(1);
        again.done().accept(Status.OK);
        assertThat(pipeline.drain(NOW)).isTrue();
        assertThat(pipeline.mark().imported()).isEqualTo(1);
        assertThat(pipeline.failure()).isEmpty();
    }

    @Test
    void aServerThatStaysAwayIsAFailureAtItsLine() {
        Pipeline pipeline = pipeline(8, false, NOW);
        offer(pipeline, 1, "a");
        offer(pipeline, 2, "b");
        offer(pipeline, 3, "c");
        call(2).done().accept(Status.OK);
        call(1).done().accept(Status.UNAVAILABLE.withDescription("gone\nfor good"));
        call(0).done().accept(Status.OK);
        assertThat(pipeline.failure()).contains(new Failure(2, "gone"));
        assertThat(pipeline.mark()).isEqualTo(new Mark(1, 101, 1, 0));
        assertThat(pipeline.drain(NOW)).isTrue();
        assertThat(pipeline.offer(pair(4, "d"), 104, LONG)).isFalse();
    }

    @Test
    void theFirstLineThatFailedIsTold() {
        Pipeline pipeline = pipeline(8, false, NOW);
        offer(pipeline, 1, "a");
        offer(pipeline, 2, "b");
        call(1).done().accept(Status.INVALID_ARGUMENT.withDescription("second"));
        call(0).done().accept(Status.INVALID_ARGUMENT.withDescription("first"));
        assertThat(pipeline.failure()).contains(new Failure(1, "first"));
    }

    @Test
    void aRefusedRowIsAFailureUnlessItMayBeLeftOut() {
        Pipeline strict = pipeline(8, false, LONG);
        offer(strict, 1, "a");
        call(0).done().accept(Status.INVALID_ARGUMENT.withDescription("too large"));
        assertThat(strict.failure()).contains(new Failure(1, "too large"));

        Pipeline lenient = pipeline(8, true, LONG);
        offer(lenient, 1, "a");
        call(1).done().accept(Status.INVALID_ARGUMENT.withDescription("too large"));
        assertThat(lenient.failure()).isEmpty();
        assertThat(lenient.mark()).isEqualTo(new Mark(1, 101, 0, 1));
    }

    @Test
    void aSkippedRowMovesTheMarkInItsTurn() {
        Pipeline pipeline = pipeline(8, true, LONG);
        offer(pipeline, 1, "a");
        pipeline.skip(new Row.Bad(2, "bad"), 102);
        assertThat(pipeline.mark()).isEqualTo(Mark.START);
        call(0).done().accept(Status.OK);
        assertThat(pipeline.mark()).isEqualTo(new Mark(2, 102, 1, 1));
    }

    private Pipeline pipeline(int inFlightMax, boolean skipRefused, Duration retryFor) {
        Pipeline pipeline = new Pipeline(
                (pair, done) -> calls.add(new Call(pair, done)), Mark.START, inFlightMax, skipRefused, retryFor);
        open.add(pipeline);
        return pipeline;
    }

    private static void offer(Pipeline pipeline, long line, String key) {
        assertThat(pipeline.offer(pair(line, key), 100 + line, NOW)).isTrue();
    }

    private static Row.Pair pair(long line, String key) {
        return new Row.Pair(line, ByteString.copyFromUtf8(key), ByteString.EMPTY);
    }

    private Call call(int number) {
        return List.copyOf(calls).get(number);
    }

    private Call take() throws InterruptedException {
        Call call = calls.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(call).isNotNull();
        return call;
    }
}
