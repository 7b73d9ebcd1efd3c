package dev.quorate.benchmarks.load;

import java.util.Arrays;

/** The median of several rounds with the least and the greatest of them. */
public record Spread(double least, double median, double greatest) {
    /** The spread of at least one value; the median of an even number is the mean of the middle two. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }
}
