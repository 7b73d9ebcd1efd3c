package dev.quorate.benchmarks.load;

/**
 * What one measured window gave.
 *
 * @param operations the operations answered in the window
 * @param nanos the length of the window
 * @param p50Nanos the median latency; also the other percentiles
 * @param cpuNanos processor time of the process, the load itself included
 * @param allocatedBytes bytes allocated by the process, the load itself included
 * @param forces calls of force on all nodes
 * @param errors operations that failed or were answered wrongly, from the start of the loop on
 * @param firstError the first of them in words; empty for none
 * @param warmUpWindows the windows before
 * @param warm whether the last two of those agreed
 * @param systemLoad the load of the machine over the last minute when the window ended
 */
public record Measurement(
        long operations,
        long nanos,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos,
        long maxNanos,
        long cpuNanos,
        long allocatedBytes,
        long forces,
        long errors,
        String firstError,
        int warmUpWindows,
        boolean warm,
        double systemLoad) {

    /** Operations in a second. */
    public double rate() {
        return nanos == 0 ? 0 : operations * 1e9 / nanos;
    }

    /** Operations for each second of processor time. */
    public double ratePerCpu() {
        return cpuNanos == 0 ? 0 : operations * 1e9 / cpuNanos;
    }

    /** Processor time of an operation, in microseconds. */
    public double cpuMicros() {
        return operations == 0 ? 0 : cpuNanos / 1e3 / operations;
    }

    /** Bytes allocated for an operation. */
    public double bytes() {
        return operations == 0 ? 0 : (double) allocatedBytes / operations;
    }

    /** Calls of force in a second. */
    public double forceRate() {
        return nanos == 0 ? 0 : forces * 1e9 / nanos;
    }

    /** Operations for each call of force; 0 when there was none. */
    public double operationsPerForce() {
        return forces == 0 ? 0 : (double) operations / forces;
    }
}
