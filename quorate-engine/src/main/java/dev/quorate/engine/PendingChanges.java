package dev.quorate.engine;

import dev.quorate.raft.ChangeRefusal;
import dev.quorate.raft.Effect;
import dev.quorate.raft.Input;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The changes of membership and of leader that wait for the core. Owned by LOOP. */
final class PendingChanges {
    /** The most requests that wait; the core takes one change at a time, so more are a loop gone wild. */
    static final int CHANGES_MAX = 64;

    private final Map<Long, ChangeRequest.Reconfigure> changes = new LinkedHashMap<>();
    private final Map<Long, ChangeRequest.Transfer> transfers = new LinkedHashMap<>();
    private final List<ChangeRequest<?>> gathered = new ArrayList<>();
    private final Forwarding forwarding;
    private long lastRequestId;

    PendingChanges(Forwarding forwarding) {
        this.forwarding = forwarding;
    }

    /** Takes a request in, until {@link #flush}. */
    void add(ChangeRequest<?> request) {
        if (changes.size() + transfers.size() + gathered.size() + forwarding.changes() >= CHANGES_MAX) {
            request.fail(new OverloadedException(
                    "too many changes of membership or leader wait, the limit is " + CHANGES_MAX));
        } else {
            gathered.add(request);
        }
    }

    /** True when there is something for {@link #flush}. */
    boolean hasGathered() {
        return !gathered.isEmpty();
    }

    /** Asks the core for all that was gathered; it answers each, at once or later. */
    void flush(Consumer<Input> step) {
        List<ChangeRequest<?>> asking = List.copyOf(gathered);
        gathered.clear();
        for (ChangeRequest<?> request : asking) {
            long requestId = ++lastRequestId;
            if (request instanceof ChangeRequest.Reconfigure change) {
                changes.put(requestId, change);
            } else if (request instanceof ChangeRequest.Transfer transfer) {
                transfers.put(requestId, transfer);
            }
            step.accept(request.input(requestId));
        }
    }

    void reconfigured(Effect.Reconfigured effect) {
        ChangeRequest.Reconfigure request = changes.remove(effect.requestId());
        if (request != null) {
            request.succeed(effect.membership());
        }
    }

    void refused(Effect.ReconfigureRefused effect) {
        ChangeRequest.Reconfigure request = changes.remove(effect.requestId());
        boolean elsewhere = effect.reason() == ChangeRefusal.NOT_LEADER;
        if (request != null
                && !(elsewhere
                        && effect.leader().isPresent()
                        && forwarding.send(effect.leader().get(), request))) {
            request.fail(Refusals.toException(effect.reason(), effect.why(), effect.leader()));
        }
    }

    void transferred(Effect.Transferred effect) {
        ChangeRequest.Transfer request = transfers.remove(effect.requestId());
        if (request != null) {
            request.succeed(effect.leader());
        }
    }

    void refused(Effect.TransferRefused effect) {
        ChangeRequest.Transfer request = transfers.remove(effect.requestId());
        if (request != null) {
            request.fail(Refusals.toException(effect.reason(), effect.why(), effect.leader()));
        }
    }

    /** Fails all: the node stops, and whether what was begun will be completed is not known. */
    void abandon(QuorateException reason) {
        gathered.forEach(request -> request.fail(reason));
        gathered.clear();
        QuorateException unknown = new OutcomeUnknownException(
                "the node stopped in the middle of the change: " + reason.getMessage(), reason);
        changes.values().forEach(request -> request.fail(unknown));
        transfers.values().forEach(request -> request.fail(unknown));
        changes.clear();
        transfers.clear();
    }
}
