package dev.quorate.proofs;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Bytes that are almost right: seeds with bits flipped, parts cut out, doubled or taken from another seed, and numbers
 * replaced by those at the edges. A fuzzer without feedback, cheap enough for every build; the same seeds and count
 * always give the same bytes.
 */
public final class Mutations {
    private static final int CHANGES_MAX = 4;
    private static final long[] EDGES = {
        0, 1, 127, 128, 255, 256, 0x7fff, 0x8000, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, -1
    };

    private final List<byte[]> seeds;
    private final SplittableRandom random = new SplittableRandom(0x51);

    private Mutations(List<byte[]> seeds) {
        this.seeds = seeds;
    }

    /** What is done with the bytes. */
    public interface Target {
        void take(byte[] bytes) throws Exception;
    }

    /** Hands each seed over, and then so many mutants of them; a failure names the bytes. */
    public static void forEach(List<byte[]> seeds, int count, Target target) {
        Mutations mutations = new Mutations(seeds);
        for (byte[] seed : seeds) {
            give(seed, target);
        }
        for (int i = 0; i < count; i++) {
            give(mutations.next(), target);
        }
    }

    private static void give(byte[] bytes, Target target) {
        byte[] copy = bytes.clone();
        try {
            target.take(bytes);
        } catch (Exception | StackOverflowError | AssertionError e) {
            throw new AssertionError("these " + copy.length + " bytes: " + hex(copy), e);
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte one : bytes) {
            hex.append(String.format("%02x", one));
        }
        return hex.toString();
    }

    private byte[] next() {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        int changes = 1 + random.nextInt(CHANGES_MAX);
        for (int i = 0; i < changes; i++) {
            bytes = changed(bytes);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> putEdge(bytes, at);
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 4 -> {
                return joined(bytes, at, bytes, random.nextInt(bytes.length));
            }
            case 5 -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                return joined(bytes, at, other, random.nextInt(other.length + 1));
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                return longer;
            }
        }
        return bytes;
    }

    private void putEdge(byte[] bytes, int at) {
        long edge = EDGES[random.nextInt(EDGES.length)];
        int width = Math.min(1 << random.nextInt(4), bytes.length - at);
        for (int i = 0; i < width; i++) {
            bytes[at + i] = (byte) (edge >>> (8 * (width - 1 - i)));
        }
    }

    private static byte[] joined(byte[] head, int headEnd, byte[] tail, int tailFrom) {
        byte[] joined = Arrays.copyOf(head, headEnd + tail.length - tailFrom);
        System.arraycopy(tail, tailFrom, joined, headEnd, tail.length - tailFrom);
        return joined;
    }
}
