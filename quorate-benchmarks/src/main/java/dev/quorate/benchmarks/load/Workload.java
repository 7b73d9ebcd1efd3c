package dev.quorate.benchmarks.load;

import dev.quorate.spi.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The keys and values of a run, and what became of each.
 *
 * <pre>
 *   key    8 bytes: the number of the key
 *   value  sequence (8) │ number of the key (8) │ filler that depends on neither
 * </pre>
 *
 * <p>The sequence of a key rises by one with each attempt to write it. A store has kept its word when it holds a
 * sequence that is at least the last acknowledged one and at most the last attempted one.
 *
 * <p>Each key is written by one slot at a time, which owns its two numbers; {@link #verify} is called when none writes.
 */
public final class Workload {
    /** The smallest value: sequence and key. */
    public static final int VALUE_BYTES_MIN = 2 * Long.BYTES;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PROBLEMS_NAMED_MAX = 5;

    private final byte[] template;
    private final long[] attempted;
    private final long[] acknowledged;

    /**
     * A workload of which nothing is written yet.
     *
     * @param keys the number of keys
     * @param valueBytes the size of a value, at least {@link #VALUE_BYTES_MIN}
     */
    public Workload(int keys, int valueBytes) {
        if (keys < 1 || valueBytes < VALUE_BYTES_MIN) {
            throw new IllegalArgumentException(
                    keys + " keys with values of " + valueBytes + " bytes: at least 1 and " + VALUE_BYTES_MIN);
        }
        attempted = new long[keys];
        acknowledged = new long[keys];
        template = new byte[valueBytes];
        new SplittableRandom(keys).nextBytes(template);
    }

    /** The number of keys. */
    public int keys() {
        return attempted.length;
    }

    /** The bytes of a key. */
    public Bytes key(int number) {
        byte[] key = new byte[Long.BYTES];
        LONGS.set(key, 0, (long) number);
        return Bytes.wrap(key);
    }

    /** The value of the next attempt to write a key. */
    Bytes attempt(int key) {
        byte[] value = template.clone();
        LONGS.set(value, 0, ++attempted[key]);
        LONGS.set(value, Long.BYTES, (long) key);
        return Bytes.wrap(value);
    }

    /** The last attempt was answered: it is stored. */
    void acknowledge(int key) {
        acknowledged[key] = attempted[key];
    }

    /** True when a value can be what a store holds that has kept its word. */
    boolean isKept(int key, Bytes value) {
        if (value.length() != template.length || value.longAt(Long.BYTES) != key) {
            return false;
        }
        long sequence = value.longAt(0);
        return sequence >= acknowledged[key] && sequence <= attempted[key];
    }

    /** The number of keys of which a write was acknowledged. */
    public long written() {
        return Arrays.stream(acknowledged).filter(sequence -> sequence > 0).count();
    }

    /**
     * Looks up every key.
     *
     * @param stored what the store holds under a key
     */
    public Verification verify(IntFunction<Optional<Bytes>> stored) {
        int[] problems = IntStream.range(0, keys())
                .filter(key -> !isKept(key, stored.apply(key)))
                .toArray();
        String named = Arrays.stream(problems)
                .limit(PROBLEMS_NAMED_MAX)
                .mapToObj(key -> "key " + key + " acknowledged " + acknowledged[key] + " attempted " + attempted[key]
                        + " found " + describe(stored.apply(key)))
                .reduce((a, b) -> a + "; " + b)
                .orElse("");
        return new Verification(written(), problems.length, named);
    }

    private boolean isKept(int key, Optional<Bytes> value) {
        return value.map(found -> isWhole(found) && isKept(key, found)).orElse(acknowledged[key] == 0);
    }

    private boolean isWhole(Bytes value) {
        byte[] found = value.toByteArray();
        return found.length == template.length
                && Arrays.equals(found, VALUE_BYTES_MIN, found.length, template, VALUE_BYTES_MIN, template.length);
    }

    private static String describe(Optional<Bytes> value) {
        return value.map(found -> found.length() >= Long.BYTES ? "sequence " + found.longAt(0) : found.toString())
                .orElse("nothing");
    }

    /**
     * What looking up every key gave.
     *
     * @param written the keys of which a write was acknowledged
     * @param problems the keys that are missing, older than acknowledged, or not what was written
     * @param named the first of them in words
     */
    public record Verification(long written, long problems, String named) {
        /** True when nothing is missing. */
        public boolean isGreen() {
            return problems == 0;
        }
    }
}
