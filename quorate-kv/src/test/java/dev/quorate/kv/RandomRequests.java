package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Requests of all kinds over few keys, so that they meet; sensible ones mostly, and some of each wrong kind. */
final class RandomRequests {
    private final Random random;
    private final int keys;

    RandomRequests(Random random, int keys) {
        this.random = random;
        this.keys = keys;
    }

    Bytes key() {
        if (random.nextInt(200) == 0) {
            return Bytes.EMPTY;
        }
        int place = random.nextInt(keys);
        return switch (place % 7) {
            case 0 -> Bytes.wrap(new byte[place / 7 + 1]);
            case 1 -> Bytes.wrap(new byte[] {(byte) 0xff, (byte) (place / 7)});
            case 2 -> Bytes.wrap(new byte[] {(byte) 0xff});
            default -> Bytes.utf8("k" + place);
        };
    }

    Bytes value() {
        return Bytes.utf8("v".repeat(random.nextInt(12)) + random.nextInt(4));
    }

    KeyRange range() {
        return switch (random.nextInt(6)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.from(key());
            case 2 -> KeyRange.prefix(key());
            case 3 -> KeyRange.of(key());
            default -> KeyRange.between(key(), key());
        };
    }

    /** Any request that changes something, or would. */
    KvRequest write(long revision) {
        int kind = random.nextInt(20);
        if (kind < 9) {
            return put();
        }
        if (kind < 13) {
            return delete();
        }
        if (kind < 19) {
            return txn(revision, 0);
        }
        return new CompactRequest(random.nextLong(revision + 3) - 1, random.nextBoolean());
    }

    PutRequest put() {
        boolean ignoreValue = random.nextInt(8) == 0;
        boolean ignoreLease = random.nextInt(8) == 0;
        Bytes value = ignoreValue && random.nextInt(6) != 0 ? Bytes.EMPTY : value();
        long lease = random.nextInt(30) == 0 ? random.nextLong() : 0;
        return new PutRequest(key(), value, lease, random.nextBoolean(), ignoreValue, ignoreLease);
    }

    DeleteRangeRequest delete() {
        KeyRange range = random.nextInt(3) == 0 ? range() : KeyRange.of(key());
        return new DeleteRangeRequest(range, random.nextBoolean());
    }

    RangeRequest read(long revision) {
        RangeRequest request = new RangeRequest(
                range(),
                random.nextInt(3) == 0 ? random.nextInt(6) - 1 : 0,
                random.nextInt(3) == 0 ? random.nextLong(revision + 2) - 1 : 0,
                pick(SortOrder.values()),
                pick(SortTarget.values()),
                random.nextInt(4) == 0,
                random.nextInt(6) == 0,
                bound(revision),
                bound(revision),
                bound(revision),
                bound(revision));
        return request;
    }

    TxnRequest txn(long revision, int depth) {
        return new TxnRequest(
                list(random.nextInt(3), () -> compare(revision)),
                list(random.nextInt(4), () -> op(revision, depth)),
                list(random.nextInt(4), () -> op(revision, depth)));
    }

    Compare compare(long revision) {
        KeyRange keys = random.nextInt(3) == 0 ? range() : KeyRange.of(key());
        long number = random.nextBoolean() ? random.nextInt(4) : random.nextLong(revision + 1);
        return new Compare(keys, pick(CompareTarget.values()), pick(CompareResult.values()), number, value());
    }

    private KvOp op(long revision, int depth) {
        return switch (random.nextInt(depth < 3 ? 8 : 6)) {
            case 0, 1, 2 -> put();
            case 3 -> delete();
            case 4, 5 -> read(revision);
            default -> txn(revision, depth + 1);
        };
    }

    private long bound(long revision) {
        return random.nextInt(6) == 0 ? random.nextLong(revision + 1) : 0;
    }

    private <T> T pick(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private static <T> List<T> list(int size, Supplier<T> each) {
        List<T> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(each.get());
        }
        return list;
    }
}
