package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.Storage;
import dev.quorate.testkit.MemoryStorage;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A handler with everything around it in memory, stepped by the test. Entries are committed as soon as they are
 * appended.
 */
final class HandlerRig {
    static final NodeId LEADER = NodeId.of(1);
    static final NodeId SELF = NodeId.of(2);
    static final Membership MEMBERS = Membership.ofVoters(LEADER, SELF, NodeId.of(3));
    static final Duration LONG = Duration.ofHours(1);
    static final HandlerOptions OPTIONS =
            new HandlerOptions(4, 2, 3, 4, 1 << 20, new SnapshotConfig(4096, Duration.ofSeconds(10), 3, 4, 0));

    final Stepper stepper;
    final NodeId self;
    final MemoryStorage storage = new MemoryStorage();
    private Storage place = storage;
    private Runnable powerCut = storage::crash;
    final SteppedCycle apply;
    final SteppedCycle bulk;
    final SteppedCycle timers;
    long term = 1;
    HandlerOptions options = OPTIONS;
    SnapshotPolicy policy = SnapshotPolicy.never();
    UnaryOperator<StateMachine> around = machine -> machine;
    boolean concurrentReads = true;
    RecordedEvents events = new RecordedEvents();
    RegisterMachine machine = new RegisterMachine(true);
    private StateMachine stateMachine = machine;
    private @Nullable Running running;

    /** What there is from a start to a crash. */
    private record Running(
            OpenStorage open, TestGate gate, HandlerEnvironment environment, DefaultStateMachineHandler handler) {}

    /** A node with nothing in it, not started. */
    HandlerRig() {
        this(new Stepper(), SELF);
    }

    HandlerRig(Stepper stepper, NodeId self) {
        this.stepper = stepper;
        this.self = self;
        this.apply = stepper.newCycle();
        this.bulk = stepper.newCycle();
        this.timers = stepper.newCycle();
    }

    /** Keeps the data here, and not in memory; this is what a crash does to it. */
    HandlerRig on(Storage otherPlace, Runnable crash) {
        place = otherPlace;
        powerCut = crash;
        return this;
    }

    /** A started node with nothing in it. */
    static HandlerRig started() {
        return new HandlerRig().start();
    }

    /** Starts with what the storage holds and a new state machine in memory. */
    HandlerRig start() {
        machine = new RegisterMachine(concurrentReads);
        return startWith(machine);
    }

    /** Starts with what the storage holds and this state machine, which may be durable by itself. */
    HandlerRig startWith(StateMachine inner) {
        OpenStorage opened = open(place);
        stateMachine = around.apply(inner);
        RecoveredHandlerState recovered = new StartupRestore(stateMachine, opened).run();
        recovered.resetLogTo().ifPresent(to -> reset(opened.log(), to));
        events = new RecordedEvents();
        TestGate newGate = new TestGate(opened.log());
        HandlerEnvironment node =
                new HandlerEnvironment(self, stepper.clock(), apply, bulk, timers, () -> term, newGate, events);
        running = new Running(
                opened,
                newGate,
                node,
                new DefaultStateMachineHandler(node, stateMachine, opened, policy, options, recovered));
        return this;
    }

    /** The process ends without warning; durable data stays. */
    void crash() {
        powerCut.run();
        apply.clear();
        bulk.clear();
        timers.clear();
    }

    /** A crash, a start with an empty state machine, and everything in the log applied again. */
    HandlerRig restart() {
        crash();
        start();
        applyCommitted();
        return this;
    }

    DefaultStateMachineHandler handler() {
        return running().handler();
    }

    TestGate gate() {
        return running().gate();
    }

    HandlerEnvironment environment() {
        return running().environment();
    }

    OpenStorage open() {
        return running().open();
    }

    StateMachine stateMachine() {
        return stateMachine;
    }

    /** An entry that fits behind the log, in the present term. */
    Entry next(EntryKind kind, Bytes payload) {
        long index = open().log().last().index() + 1;
        return new Entry(new LogId(term, index), kind, payload, 1000 + index);
    }

    /** Appends and syncs these commands; does not apply them. */
    void append(Bytes... commands) {
        for (Bytes command : commands) {
            append(EntryKind.COMMAND, command);
        }
    }

    Entry append(EntryKind kind, Bytes payload) {
        Entry entry = next(kind, payload);
        append(entry);
        return entry;
    }

    void append(Entry... entries) {
        try {
            open().log().append(Arrays.asList(entries));
            open().log().sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends puts of {@code k<index>} up to this index, and applies them. */
    HandlerRig writeThrough(long index) {
        while (open().log().last().index() < index) {
            long next = open().log().last().index() + 1;
            append(RegisterMachine.put("k" + next, "v" + next));
        }
        applyCommitted();
        return this;
    }

    /** Appends and applies a checkpoint, and waits until what it causes is done. */
    LogId checkpoint() {
        Entry entry = append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        applyCommitted();
        stepper.settle();
        return entry.id();
    }

    /** The apply worker: commits the whole log and applies what is pending; the results of all chunks. */
    List<ApplyResult> applyCommitted() {
        handler().updatePending(open().log().last().index());
        List<ApplyResult> results = new ArrayList<>();
        for (Optional<IndexRange> range = handler().pendingRange();
                range.isPresent();
                range = handler().pendingRange()) {
            List<Entry> chunk = read(range.get());
            if (chunk.isEmpty()) {
                throw new AssertionError("committed entries " + range + " are not in the log");
            }
            results.addAll(value(applyChunk(chunk)));
        }
        return results;
    }

    /** One chunk, on APPLY. */
    CompletableFuture<List<ApplyResult>> applyChunk(List<Entry> chunk) {
        List<CompletableFuture<List<ApplyResult>>> result = new ArrayList<>();
        apply.run(() -> result.add(handler().applyChunk(chunk)));
        return result.get(0);
    }

    /** Commits the entries and applies them as one chunk, without the log. */
    CompletableFuture<List<ApplyResult>> commitAndApply(List<Entry> chunk) {
        handler().updatePending(chunk.get(chunk.size() - 1).index());
        return applyChunk(chunk);
    }

    /** A snapshot of what is applied. */
    Snapshot snapshot() {
        CompletableFuture<Snapshot> result = handler().createSnapshot();
        stepper.settle();
        return value(result);
    }

    SnapshotMetadata latest() {
        return handler().getLatestSnapshotMetadata().orElseThrow();
    }

    List<Entry> read(IndexRange range) {
        try {
            return open().log().read(range.first(), range.last(), Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a settled future holds; its failure is thrown as it is. */
    static <T> T value(CompletableFuture<T> future) {
        if (!future.isDone()) {
            throw new AssertionError("the future is not complete");
        }
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** The failure of a settled future. */
    static Throwable failure(CompletableFuture<?> future) {
        try {
            value(future);
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("the future did not fail");
    }

    /** The entries of these commands from an index on. */
    static List<Entry> commands(long term, long first, Bytes... payloads) {
        List<Entry> entries = new ArrayList<>();
        for (Bytes payload : payloads) {
            long index = first + entries.size();
            entries.add(new Entry(new LogId(term, index), EntryKind.COMMAND, payload, 1000 + index));
        }
        return entries;
    }

    private OpenStorage open(Storage from) {
        try {
            return from.open(new NodeIdentity(7, self), MEMBERS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void reset(RaftLog log, LogId to) {
        try {
            log.resetTo(to);
            log.sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Running running() {
        return Objects.requireNonNull(running, "the node was not started");
    }
}
