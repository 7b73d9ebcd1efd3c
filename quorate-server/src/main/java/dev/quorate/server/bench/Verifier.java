package dev.quorate.server.bench;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.server.console.Connection;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Looks for all that was acknowledged, in pages, by linearizable reads. One thread. */
final class Verifier {
    private static final long PAGE_BYTES = 1 << 20;
    private static final long PAGE_KEYS_MAX = 1_000;

    private final KeySpace space;
    private final Ledger ledger;
    private final long pageKeys;
    private final BitSet found;
    private long missing;
    private long wrong;
    private String first = "";

    Verifier(Shape shape, KeySpace space, Ledger ledger) {
        this.space = space;
        this.ledger = ledger;
        this.found = new BitSet(shape.keys());
        long pairBytes = (long) shape.keySize() + shape.valueSize();
        this.pageKeys = Math.max(1, Math.min(PAGE_KEYS_MAX, PAGE_BYTES / pairBytes));
    }

    /** Reads every key; call it when nothing is written any more. */
    Verification verify(Connection connection) {
        ByteString next = space.key(0);
        boolean more = true;
        while (more) {
            RangeResponse page = read(connection, next);
            page.getKvsList().forEach(this::look);
            more = page.getMore() && page.getKvsCount() > 0;
            if (more) {
                ByteString last = page.getKvs(page.getKvsCount() - 1).getKey();
                next = last.concat(ByteString.copyFrom(new byte[1]));
            }
        }
        long keys = 0;
        for (int key = 0; key < space.keys(); key++) {
            if (ledger.isWritten(key)) {
                keys++;
                if (!found.get(key)) {
                    missing++;
                    note(key, null);
                }
            }
        }
        return new Verification(keys, ledger.writes(), missing, wrong, first);
    }

    private RangeResponse read(Connection connection, ByteString from) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(space.end())
                .setLimit(pageKeys)
                .build();
        return connection.ask(() -> connection.kv().range(request));
    }

    private void look(KeyValue pair) {
        OptionalInt key = space.number(pair.getKey());
        if (key.isPresent()) {
            found.set(key.getAsInt());
            if (note(key.getAsInt(), pair)) {
                wrong++;
            }
        }
    }

    private boolean note(int key, @Nullable KeyValue pair) {
        Optional<String> problem = ledger.problem(key, pair);
        if (problem.isPresent() && first.isEmpty()) {
            first = problem.get();
        }
        return problem.isPresent();
    }
}
