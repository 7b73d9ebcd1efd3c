package dev.quorate.engine;

import dev.quorate.spi.SnapshotChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes the chunks that a test demands. */
final class TakingSubscriber implements Flow.Subscriber<SnapshotChunk> {
    final List<SnapshotChunk> chunks = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    boolean completed;
    private Flow.@Nullable Subscription subscription;

    Flow.Subscription subscription() {
        return Objects.requireNonNull(subscription, "not subscribed");
    }

    List<Integer> seqs() {
        return chunks.stream().map(SnapshotChunk::seq).toList();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
    }

    @Override
    public void onNext(SnapshotChunk chunk) {
        chunks.add(chunk);
    }

    @Override
    public void onError(Throwable failure) {
        failures.add(failure);
    }

    @Override
    public void onComplete() {
        completed = true;
    }
}
